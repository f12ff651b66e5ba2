"""Starts the whole product from nothing: PostgreSQL, roles, schema, demo data and every process.

Runs before Django and knows nothing of it or of the apps.
"""
