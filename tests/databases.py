"""Databases for tests: the migrated template, each worker's copy of it, and clones for tests that commit."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import psycopg
from psycopg import sql

from nh_otp.launcher import roles, secret_files
from tests.pg_plugin import cluster, session_tag

GRANTS = Path(__file__).parents[1] / "nh_otp" / "grants.sql"
T = TypeVar("T")
BUILD_LOCK = 20_260_001
RACE_WITHIN = 60.0  # seconds until a race that hangs fails instead


@dataclass(frozen=True, slots=True)
class Clone:
    """A database of one test's own, where transactions really commit; Django's default connection goes to it."""

    name: str

    def url(self, role: str) -> str:
        """The address for psycopg or a subprocess, in one of the product's roles."""
        return cluster().url(role, self.name)

    def environment(self, role: str) -> dict[str, str]:
        """The environment of a product process that works on this database."""
        return os.environ | {"DATABASE_URL": self.url(role), "DATABASE_OWNER_URL": self.url(roles.OWNER)}

    @contextmanager
    def acting_as(self, role: str) -> Iterator[None]:
        """Django in this process signs in to the database as that role, in every thread."""
        with pointed_at(self.name, role):
            yield


def template() -> str:
    """The migrated database with grants that all others are copies of; the first to ask builds it."""
    name = f"{session_tag()}_template"
    with cluster().admin() as admin, _alone(admin):
        if not roles.has_database(admin, name):
            _build(admin, name)
    return name


@contextmanager
def copied(name: str) -> Iterator[str]:
    """A copy of the template under this name, dropped afterwards with whoever is still connected."""
    source = template()
    with cluster().admin() as admin:
        roles.make_database(admin, name, template=source)
    try:
        yield name
    finally:
        with cluster().admin() as admin:
            roles.drop_database(admin, name)


@contextmanager
def pointed_at(name: str, role: str = roles.OWNER) -> Iterator[None]:
    """Django's default connection goes to this database as this role, in every thread that opens one."""
    from django.db import connections

    # one mapping, shared by the connections of all threads
    settings = connections.settings["default"]
    before = {key: settings[key] for key in ("NAME", "USER", "PASSWORD")}
    _hang_up()
    settings |= {"NAME": name, "USER": role, "PASSWORD": secret_files.password(cluster().secrets, role)}
    try:
        yield
    finally:
        _hang_up()
        settings |= before


def race(*calls: Callable[[], T]) -> list[T | BaseException]:
    """Runs the calls at the same moment, each in a thread with its own connection; answers in their order."""
    start = threading.Barrier(len(calls))
    answers: dict[int, T | BaseException] = {}

    def run(index: int, call: Callable[[], T]) -> None:
        try:
            start.wait(RACE_WITHIN)
            answers[index] = call()
        except BaseException as error:
            answers[index] = error
        finally:
            _hang_up()

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(RACE_WITHIN)
    return [answers[index] for index in range(len(calls))]


def _build(admin: psycopg.Connection, name: str) -> None:
    from django.core.management import call_command

    unfinished = f"{name}_{uuid4().hex[:8]}"
    cluster().make_database(unfinished)
    with pointed_at(unfinished):
        call_command("migrate", verbosity=0, interactive=False)
    if GRANTS.exists():
        with cluster().connect(roles.OWNER, unfinished) as owner:
            roles.apply_grants(owner, GRANTS)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    admin.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))


@contextmanager
def _alone(admin: psycopg.Connection) -> Iterator[None]:
    admin.execute("SELECT pg_advisory_lock(%s)", [BUILD_LOCK])
    yield
    admin.execute("SELECT pg_advisory_unlock(%s)", [BUILD_LOCK])


def _hang_up() -> None:
    from django.db import connection

    connection.close()
