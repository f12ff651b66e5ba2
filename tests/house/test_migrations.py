"""Migrations are named, linear and have a way back."""

import re

import pytest
from django.db.migrations import Migration, RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader

from tests.house.sources import PRODUCT


@pytest.fixture(scope="module")
def migrations() -> dict[tuple[str, str], Migration]:
    from django.apps import apps

    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in PRODUCT}
    every = MigrationLoader(connection=None).disk_migrations
    return {key: migration for key, migration in every.items() if key[0] in ours}


def test_each_has_a_number_and_says_what_it_does(migrations: dict[tuple[str, str], Migration]) -> None:
    unnamed = [name for _, name in migrations if not re.fullmatch(r"\d{4}_[a-z0-9_]+", name) or "_auto_" in name]

    assert unnamed == []


def test_each_follows_exactly_one_of_its_app(migrations: dict[tuple[str, str], Migration]) -> None:
    for app, name in migrations:
        before = sorted(other for label, other in migrations if label == app and other < name)
        parents = [parent for label, parent in migrations[app, name].dependencies if label == app]

        assert parents == before[-1:], f"{app}.{name}"


def test_each_has_a_way_back(migrations: dict[tuple[str, str], Migration]) -> None:
    one_way = [
        f"{app}.{name}"
        for (app, name), migration in migrations.items()
        for operation in migration.operations
        if isinstance(operation, RunSQL | RunPython) and not operation.reversible
    ]

    assert one_way == []
