"""Statements planned once per connection, for the few acts whose speed is promised (docs/adr/0013)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import psycopg
from django.db import connection

ONLY_WHEN_ASKED: Final = 1_000_000_000
"""psycopg prepares a statement by itself after this many runs: never."""


def fetch_one(statement: str, values: Mapping[str, object]) -> tuple[Any, ...] | None:
    """Run one statement with values bound by the server and return its first row, in Django's transaction."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    if raw.prepare_threshold is None:
        raw.prepare_threshold = ONLY_WHEN_ASKED
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        cursor.execute(statement.encode(), values, prepare=True)
        return cursor.fetchone()
