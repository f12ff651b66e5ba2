"""Databases for every test: `db` rolls back (as nh_owner); `clone` commits, in a database of the test's own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import Clone, copied, pointed_at
from tests.factories.cast import Cast
from tests.pg_plugin import worker_database


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own, replaced: this worker's database is a copy of the migrated template."""
    name = worker_database()
    with django_db_blocker.unblock(), copied(name), pointed_at(name), django_db_blocker.block():
        yield


@pytest.fixture
def clone(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Clone]:
    """A fresh database with real commits, for races, several roles and other processes (20–40 ms)."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        raise pytest.UsageError("a test has either `db` (rolled back) or `clone` (committed)")
    name = f"{worker_database()}_{uuid4().hex[:8]}"
    with django_db_blocker.unblock(), copied(name), pointed_at(name):
        yield Clone(name)


@pytest.fixture
def cast(db: None) -> Cast:
    """One branch on an ordinary day, rolled back afterwards."""
    return Cast()
