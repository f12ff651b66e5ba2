"""The four database roles and the database they share; every step may be repeated."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

OWNER, APP, VERIFIER, AUDITOR = ROLES = ("nh_owner", "nh_app", "nh_verifier", "nh_auditor")
EXTENSIONS = ("pg_trgm", "btree_gist")
# kept with the role: a pooler does not pass session settings on
SETTINGS = {
    APP: {"lock_timeout": "3s", "statement_timeout": "15s"},
    VERIFIER: {"lock_timeout": "3s"},
    AUDITOR: {"default_transaction_read_only": "on", "statement_timeout": "60s"},
}


def make_roles(admin: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    """Creates the roles, or gives existing ones the passwords of this installation."""
    known = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role, password in passwords.items():
        verb = "ALTER" if role in known else "CREATE"
        statement = sql.SQL("{} ROLE {} LOGIN PASSWORD {}")
        admin.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.Literal(password)))
        for name, value in SETTINGS.get(role, {}).items():
            setting = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(setting.format(sql.Identifier(role), sql.Identifier(name), sql.Literal(value)))


def make_database(admin: psycopg.Connection, name: str, *, template: str | None = None) -> None:
    """Creates a database of nh_owner's, empty or as a copy of another (20–40 ms)."""
    copied = sql.SQL("TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template or "template0"))
    admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} {}").format(sql.Identifier(name), sql.Identifier(OWNER), copied))


def drop_database(admin: psycopg.Connection, name: str) -> None:
    """Drops a database, ending the sessions in it."""
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def has_database(admin: psycopg.Connection, name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def make_extensions(admin: psycopg.Connection, names: Iterable[str] = EXTENSIONS) -> None:
    """Installs the extensions that the schema needs in the connected database."""
    for name in names:
        admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def apply_grants(owner: psycopg.Connection, grants: Path) -> None:
    """Runs grants.sql as the schema's owner, all of it or nothing; comes after every migrate."""
    with owner.transaction():
        owner.execute(grants.read_bytes())
