"""A rule that the database keeps gives the teller the words of the rule."""

from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from branches.commands.reissue import open_case
from branches.models import Approval, Reason, ReissueCase, Staff
from branches.states import CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.command import as_refusal, sentences
from nh_otp.errors import Busy, Conflict
from nh_otp.machine import WrongState
from tests.databases import Clone, race
from tests.factories.cast import Cast, staff

DECIDE = """
UPDATE approval SET state = 'APPROVED', decider_id = %s, decider_person = %s, decided_at = now() WHERE id = %s
"""


def violated(sql: str, *values: Any) -> IntegrityError:
    """The error the database answers a statement with."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return caught.value


@pytest.fixture
def request_of(cast: Cast) -> Approval:
    return Approval.objects.get(case=cast.submitted())


def test_the_database_refuses_self_approval_in_its_own_words(cast: Cast, request_of: Approval) -> None:
    error = violated(DECIDE, cast.teller.pk, cast.teller.person_no, request_of.pk)

    refusal = as_refusal(error)
    assert isinstance(refusal, Conflict)
    assert refusal.code == "rule.approval_four_eyes"
    assert refusal.message == "본인이 접수한 건은 승인할 수 없습니다. 다른 책임자에게 요청해 주십시오."


def test_the_database_refuses_a_second_account_of_the_same_person(cast: Cast, request_of: Approval) -> None:
    other_account = staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no)

    error = violated(DECIDE, other_account.pk, other_account.person_no, request_of.pk)

    assert as_refusal(error).code == "rule.approval_four_eyes"


def test_the_database_refuses_a_decider_under_a_borrowed_person(cast: Cast, request_of: Approval) -> None:
    error = violated(DECIDE, cast.teller.pk, cast.supervisor.person_no, request_of.pk)

    assert "approval_decider_is_that_person" in str(error)


@pytest.mark.parametrize("missing", ["decider_id", "decider_person", "decided_at"])
def test_the_database_refuses_a_decision_nobody_made(cast: Cast, request_of: Approval, missing: str) -> None:
    made = {"decider_id": cast.supervisor.pk, "decider_person": cast.supervisor.person_no, "decided_at": timezone.now()}
    made[missing] = None

    error = violated(DECIDE.replace("now()", "%s"), *made.values(), request_of.pk)

    assert "approval_decided_by_someone" in str(error)


def test_the_database_refuses_to_send_back_without_a_reason(cast: Cast, request_of: Approval) -> None:
    error = violated(
        DECIDE.replace("APPROVED", "RETURNED"), cast.supervisor.pk, cast.supervisor.person_no, request_of.pk
    )

    assert as_refusal(error).message == "사유를 골라 주십시오."


def test_a_second_open_case_of_one_customer_is_refused_in_the_rules_words(cast: Cast) -> None:
    cast.opened()

    with pytest.raises(Conflict, match="진행 중인 재발급 건이 있습니다") as refusal:
        open_case(by=cast.at_the_desk, customer_ref=cast.customer.pk, reason=Reason.LOST, old_device=cast.old_device.pk)

    assert refusal.value.code == "rule.reissue_one_open_per_customer"
    assert ReissueCase.objects.count() == 1
    assert AuditRow.objects.get(outcome="REFUSED").code == "rule.reissue_one_open_per_customer"


@pytest.mark.parametrize("column", ["new_device_id", "identity_id", "paperwork_at", "loss_report_id"])
def test_the_database_refuses_a_request_with_a_task_undone(cast: Cast, column: str) -> None:
    case = cast.prepared()

    error = violated(f"UPDATE reissue_case SET state = 'AWAITING_APPROVAL', {column} = NULL WHERE id = %s", case.pk)

    expected = "reissue_lost_has_report" if column == "loss_report_id" else "reissue_request_is_complete"
    assert as_refusal(error).code == f"rule.{expected}"


def test_the_database_refuses_registration_without_a_verified_code(cast: Cast) -> None:
    case = cast.approved()

    error = violated("UPDATE reissue_case SET state = 'REGISTERED', registered_at = now() WHERE id = %s", case.pk)

    assert "reissue_registered_is_verified" in str(error)


def test_the_database_refuses_an_old_device_as_its_own_successor(cast: Cast) -> None:
    case = cast.prepared()

    error = violated("UPDATE reissue_case SET new_device_id = old_device_id WHERE id = %s", case.pk)

    assert "reissue_devices_differ" in str(error)


def test_a_step_outside_the_table_becomes_the_refusal_of_a_wrong_state(cast: Cast) -> None:
    case = cast.opened()

    error = violated("UPDATE reissue_case SET state = 'COMPLETED' WHERE id = %s", case.pk)

    assert isinstance(as_refusal(error), WrongState)
    case.refresh_from_db()
    assert case.state == CaseState.IN_PROGRESS


def test_every_sentence_belongs_to_a_constraint_the_database_has(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        known = {name for (name,) in cursor.fetchall()}

    assert set(sentences()) - known == set()
    assert [text for text in sentences().values() if not text.endswith(("십시오.", "니다."))] == []


def test_a_lock_nobody_lets_go_becomes_busy_and_is_on_record(clone: Clone) -> None:
    cast = Cast()
    with psycopg.connect(clone.url("nh_owner")) as colleague:
        colleague.execute("SELECT 1 FROM customer WHERE id = %s FOR UPDATE", [cast.customer.pk])

        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '80ms'")
        with pytest.raises(Busy):
            cast.reported()

    assert AuditRow.objects.get().code == "busy"


def test_two_who_wait_for_each_other_are_told_to_try_again(clone: Clone) -> None:
    first, second = staff(Role.TELLER), staff(Role.TELLER)
    both_hold_one = Barrier(2)

    def one_then_other(one: Staff, other: Staff) -> None:
        with transaction.atomic():
            Staff.objects.select_for_update().get(pk=one.pk)
            both_hold_one.wait(10)
            Staff.objects.select_for_update().get(pk=other.pk)

    answers = race(lambda: one_then_other(first, second), lambda: one_then_other(second, first))

    (error,) = [answer for answer in answers if answer is not None]
    assert isinstance(error, OperationalError)
    assert isinstance(as_refusal(error), Busy)


def test_a_database_that_went_away_is_no_refusal(db: None) -> None:
    with pytest.raises(OperationalError, match="gone"):
        as_refusal(OperationalError("gone"))
