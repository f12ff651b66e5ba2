"""Several models from one hand-written statement, for the few reads whose speed is promised (docs/adr/0013)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models

from nh_otp.prepared import fetch_one


@dataclass(frozen=True)
class Joined:
    """A statement with `{columns}` where the columns of the parts, by alias, belong; more columns may follow them."""

    statement: str
    parts: Mapping[str, type[models.Model]]
    prepare: bool = False

    def first(self, values: Mapping[str, UUID | str | int | None]) -> tuple[Any, ...] | None:
        """The first row as one object per part (None where an outer join found nothing), then the other columns."""
        row = fetch_one(self._sql, values) if self.prepare else self._plain(values)
        return None if row is None else (*self._objects(row), *row[self._width :])

    def _plain(self, values: Mapping[str, UUID | str | int | None]) -> tuple[Any, ...] | None:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, values)
            row: tuple[Any, ...] | None = cursor.fetchone()
            return row

    def _objects(self, row: tuple[Any, ...]) -> list[models.Model | None]:
        found, start = [], 0
        for model, names in self._fields:
            part = row[start : start + len(names)]
            start += len(names)
            missing = part[names.index(model._meta.pk.attname)] is None
            found.append(None if missing else model.from_db(connection.alias, names, part))
        return found

    @cached_property
    def _fields(self) -> list[tuple[type[models.Model], list[str]]]:
        return [(model, [field.attname for field in model._meta.concrete_fields]) for model in self.parts.values()]

    @cached_property
    def _width(self) -> int:
        return sum(len(names) for _, names in self._fields)

    @cached_property
    def _sql(self) -> str:
        columns = (
            f'{alias}."{field.column}"' for alias, model in self.parts.items() for field in model._meta.concrete_fields
        )
        return self.statement.format(columns=", ".join(columns))
