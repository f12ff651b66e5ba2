"""The state tables in Python and in the database: what is not listed is refused, over the full product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import psycopg
import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import TextChoices
from django.utils import timezone

from branches import states as branches
from branches.models import Approval, ReissueCase
from devices import states as devices
from devices.models import Device, DeviceService
from nh_otp.machine import WrongState, after, drop_guard_sql, edges, guard_sql
from tests.factories.cast import Cast


class Life(NamedTuple):
    """A table of states, what it guards, and the states a row may be born in."""

    table: str
    states: type[TextChoices]
    steps: type[StrEnum]
    transitions: Mapping[Any, Any]
    births: Iterable[TextChoices]


LIVES = {
    life.table: life
    for life in (
        Life("reissue_case", branches.CaseState, branches.CaseStep, branches.TRANSITIONS, branches.BIRTHS),
        Life(
            "approval",
            branches.ApprovalState,
            branches.ApprovalStep,
            branches.APPROVAL_TRANSITIONS,
            [branches.ApprovalState.PENDING],
        ),
        Life("device", devices.DeviceState, devices.DeviceStep, devices.TRANSITIONS, devices.BIRTHS),
        Life(
            "device_service",
            devices.ServiceState,
            devices.ServiceStep,
            devices.SERVICE_TRANSITIONS,
            [devices.ServiceState.OPEN],
        ),
    )
}
OTHERS = "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname <> %s"
CHECKS = "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'"


def row_of(table: str, cast: Cast) -> models.Model:
    match table:
        case "device":
            return Device.objects.get(pk=cast.new_device.pk)
        case "reissue_case":
            return ReissueCase.objects.get(pk=cast.prepared().pk)
        case "device_service":
            return DeviceService.objects.create(
                number="S-261123-000001",
                kind=devices.ServiceKind.UNLOCK,
                branch=cast.home,
                owner=cast.teller,
                customer=cast.customer,
                device=cast.old_device,
                opened_at=timezone.now(),
            )
        case _:
            return Approval.objects.get(case=cast.submitted())


def only_the_guard_stands(table: str) -> None:
    """Take the other rules of the table away until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(CHECKS, [table])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(OTHERS, [table, f"{table}_state_guard"])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")


def place(row: models.Model, state: str) -> None:
    """Put a row into a state, whatever it was in."""
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_state_guard")
        cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, row.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_state_guard")


def refused(sql: str, *values: Any) -> bool:
    """Whether the guard refuses a statement; what it lets through is undone, or left to other rules."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            transaction.set_rollback(True)
    except IntegrityError as error:
        assert isinstance(error.__cause__, psycopg.Error)
        return (error.__cause__.diag.constraint_name or "").endswith("_state_guard")
    return False


@pytest.mark.parametrize(("table", "before"), [(life.table, state) for life in LIVES.values() for state in life.states])
def test_from_a_state_the_database_lets_a_row_take_the_listed_steps_only(cast: Cast, table: str, before: str) -> None:
    life, row = LIVES[table], row_of(table, cast)
    only_the_guard_stands(table)
    place(row, before)

    let_through = {
        str(state)
        for state in life.states
        if not refused(f"UPDATE {table} SET state = %s WHERE id = %s", state.value, row.pk)
    }

    assert let_through == {b for a, b in edges(life.transitions) if a == before} | {str(before)}


@pytest.mark.parametrize("table", LIVES)
def test_the_database_lets_a_row_be_born_in_the_listed_states_only(cast: Cast, table: str) -> None:
    row = row_of(table, cast)
    only_the_guard_stands(table)
    columns = [str(field.column) for field in row._meta.concrete_fields if not field.generated]
    copied = ", ".join("gen_random_uuid()" if c == "id" else "%s" if c == "state" else c for c in columns)
    birth = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM {table} WHERE id = %s"

    born = {state for state in LIVES[table].states if not refused(birth, str(state), row.pk)}

    assert born == set(LIVES[table].births)


@pytest.mark.parametrize("table", LIVES)
def test_python_follows_the_same_table_and_refuses_every_other_pair(table: str) -> None:
    life = LIVES[table]

    for state in life.states:
        for step in life.steps:
            if (state, step) in life.transitions:
                assert after(life.transitions, state, step) == life.transitions[state, step]
                continue
            with pytest.raises(WrongState) as refusal:
                after(life.transitions, state, step)
            assert refusal.value.facts == {"state": str(state), "step": str(step)}


@pytest.mark.parametrize("table", LIVES)
def test_the_guard_in_the_database_is_made_from_the_table_as_it_is_now(cast: Cast, table: str) -> None:
    body = "SELECT prosrc FROM pg_proc WHERE proname = %s"
    with connection.cursor() as cursor:
        cursor.execute(body, [f"{table}_state_guard"])
        migrated = cursor.fetchone()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(guard_sql(table, edges(LIVES[table].transitions), map(str, LIVES[table].births)))
        cursor.execute(body, [f"{table}_state_guard"])

        assert cursor.fetchone() == migrated


def test_a_guard_can_be_taken_down_again(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(drop_guard_sql("device"))

    assert not refused("UPDATE device SET state = 'DESTROYED' WHERE id = %s", cast.new_device.pk)


def test_nothing_leads_out_of_an_end(cast: Cast) -> None:
    ends = {str(state) for state in branches.ENDS}

    assert [pair for pair in edges(branches.TRANSITIONS) if pair[0] in ends] == []
    assert set(branches.OPEN) | set(branches.ENDS) == set(branches.CaseState)
