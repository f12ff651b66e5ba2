"""What the database refuses to each role, asked in plain SQL."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors, sql

from branches.commands.loss import report_loss
from branches.models import LossKind
from nh_otp.launcher import roles
from tests.databases import Clone
from tests.devices.verifier.desk import desk
from tests.factories.cast import Cast


def refused(clone: Clone, role: str, statement: str) -> bool:
    with psycopg.connect(clone.url(role)) as connection:
        try:
            connection.execute(sql.SQL(statement))
        except errors.InsufficientPrivilege:
            return True
    return False


CLOSED = {
    roles.APP: [
        "SELECT FROM seed",
        "SELECT FROM seed_lot",
        "COPY seed TO STDOUT",
        "INSERT INTO seed (device_id) SELECT id FROM device",
        "UPDATE seed SET row_version = 2",
        "DELETE FROM seed",
        "SELECT last_step FROM code_counter",
        "UPDATE code_counter SET last_step = 0",
        "UPDATE code_counter SET failures = 0",
        "DELETE FROM code_counter",
        "UPDATE desk_tries SET granted = 100",
        "INSERT INTO stock_movement (device_id) SELECT id FROM device",
        "UPDATE stock_movement SET how = 'ISSUE'",
        "DELETE FROM stock_movement",
        "INSERT INTO code_check (id) VALUES (gen_random_uuid())",
        "UPDATE code_check SET outcome = 'MATCH'",
        "SELECT FROM audit_entry",
        "UPDATE audit_entry SET entry = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DROP TABLE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DELETE FROM device",
        "TRUNCATE device CASCADE",
        "CREATE TABLE mine ()",
    ],
    roles.VERIFIER: [
        "SELECT FROM customer",
        "SELECT name FROM staff",
        "SELECT password FROM staff",
        "SELECT customer_id FROM reissue_case",
        "UPDATE reissue_case SET state = 'APPROVED'",
        "UPDATE desk_tries SET granted = 100",
        "UPDATE seed SET sealed = ''",
        "DELETE FROM seed",
        "DELETE FROM seed_lot",
        "DELETE FROM code_check",
        "UPDATE device SET branch_id = 1",
        "SELECT FROM audit_entry",
        "UPDATE audit_entry SET entry = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
    roles.AUDITOR: [
        "SELECT FROM seed",
        "SELECT FROM seed_lot",
        "SELECT FROM code_counter",
        "SELECT FROM staff",
        "SELECT FROM customer",
        "SELECT FROM audit_entry",
    ],
}


@pytest.mark.parametrize("role", CLOSED)
def test_a_role_is_refused_everything_that_is_not_its_work(clone: Clone, role: str) -> None:
    open_to_it = [statement for statement in CLOSED[role] if not refused(clone, role, statement)]

    assert open_to_it == []


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET entry = entry", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_not_even_the_owner_changes_an_audit_entry(clone: Clone, statement: str) -> None:
    Cast().reported()

    with psycopg.connect(clone.url(roles.OWNER)) as owner, pytest.raises(errors.IntegrityError, match="append-only"):
        owner.execute(statement)


def test_an_accepted_step_never_goes_back_for_any_role(clone: Clone) -> None:
    here = desk()
    for role in (roles.VERIFIER, roles.OWNER):
        with psycopg.connect(clone.url(role)) as connection:
            connection.execute("UPDATE code_counter SET last_step = 9 WHERE device_id = %s", [here.device.pk])

        with (
            psycopg.connect(clone.url(role)) as connection,
            pytest.raises(errors.CheckViolation, match="never goes back"),
        ):
            connection.execute("UPDATE code_counter SET last_step = 8 WHERE device_id = %s", [here.device.pk])


def test_the_application_works_and_files_its_entries_under_these_privileges(clone: Clone) -> None:
    day = Cast()

    with clone.acting_as(roles.APP):
        report = report_loss(
            by=day.at_the_desk, customer_ref=day.customer.pk, devices=[day.old_device.pk], kind=LossKind.LOST
        )

    with psycopg.connect(clone.url(roles.AUDITOR)) as auditor:
        found = auditor.execute(
            "SELECT outcome FROM audit_view WHERE subjects @> %s::jsonb", [f'[["LossReport", "{report.ref}"]]']
        )
        assert found.fetchall() == [("DONE",)]
