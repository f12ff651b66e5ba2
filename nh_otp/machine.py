"""State machines as tables: one mapping says what may follow, in Python and in PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, TypeVar

from django.db import connection, models
from django.db.models import TextChoices
from psycopg import sql

from nh_otp.errors import Conflict

State = TypeVar("State", bound=TextChoices)
Step = TypeVar("Step", bound=StrEnum)


class WrongState(Conflict):
    code, message = "state.wrong", "지금 상태에서는 할 수 없는 일입니다. 화면을 새로 고쳐 확인해 주십시오."


def after(table: Mapping[tuple[State, Step], State], state: State | str, step: Step) -> State:
    """Return the state that follows; refuse every pair the table does not list."""
    try:
        return table[state, step]  # type: ignore[index]  # a TextChoices member equals its text
    except KeyError:
        raise WrongState(state=str(state), step=str(step)) from None


@cache
def _update(model: type[models.Model], columns: tuple[str, ...]) -> str:
    parts = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in columns)
    table, key = sql.Identifier(model._meta.db_table), sql.Identifier(str(model._meta.pk.column))
    return sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(table, parts, key).as_string()


class Moving(models.Model):
    """A row that moves along a state table, and writes only what changed."""

    transitions: ClassVar[Mapping[tuple[Any, Any], Any]]
    state: models.CharField[str, str]

    class Meta:
        abstract = True

    def take(self, step: StrEnum, **changes: object) -> None:
        """Take one step of the table. Raises WrongState."""
        self.state = after(self.transitions, self.state, step)
        self.write("state", **changes)

    def write(self, *fields: str, **changes: object) -> None:
        """Write only what changed, in one plain statement (docs/adr/0013). Raises DoesNotExist."""
        for name, value in changes.items():
            setattr(self, name, value)
        known = {field.name: field for field in self._meta.concrete_fields}
        columns = [known[name.removesuffix("_id")] for name in (*fields, *changes)]
        values = [column.get_db_prep_save(getattr(self, column.attname), connection) for column in columns]
        with connection.cursor() as cursor:
            cursor.execute(_update(type(self), tuple(str(column.column) for column in columns)), [*values, self.pk])
            if cursor.rowcount != 1:
                raise self.DoesNotExist


def before(table: Mapping[tuple[State, Step], State], step: Step) -> list[str]:
    """The states from which a step may be taken, as plain text for SQL."""
    return sorted(str(state) for state, taken in table if taken == step)


def guard_sql(table: str, edges: Iterable[tuple[str, str]], starts: Iterable[str]) -> str:
    """SQL of the trigger that refuses every change of `state` outside the edges, and every birth outside the starts.

    It raises with CONSTRAINT = '<table>_state_guard', so `nh_otp.command` turns it into the coded refusal.
    """
    pairs = ", ".join(f"('{a}', '{b}')" for a, b in sorted(set(edges)))
    births = ", ".join(f"'{s}'" for s in sorted(set(starts)))
    return f"""
CREATE OR REPLACE FUNCTION {table}_state_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state IN ({births}) THEN RETURN NEW; END IF;
  ELSIF NEW.state = OLD.state OR (OLD.state, NEW.state) IN ({pairs}) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'no such step for {table}' USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_state_guard';
END $guard$;
DROP TRIGGER IF EXISTS {table}_state_guard ON {table};
CREATE TRIGGER {table}_state_guard BEFORE INSERT OR UPDATE OF state ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_state_guard();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_state_guard;
"""


def drop_guard_sql(table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {table}_state_guard ON {table}; DROP FUNCTION IF EXISTS {table}_state_guard();"


def edges(table: Mapping[tuple[State, Step], State]) -> list[tuple[str, str]]:
    """The pairs of states a table connects, as plain text for SQL."""
    return [(str(before), str(state)) for (before, _), state in table.items()]
