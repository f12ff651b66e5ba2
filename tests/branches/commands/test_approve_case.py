from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from branches.commands.approval import approve_case
from branches.models import Approval, Customer, DocumentKind, IdentityCheck, LossReport, ReissueCase
from branches.queries.evidence import Flag, content
from branches.states import ApprovalState, CaseState
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from nh_otp.outbox.models import OutboxMessage
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    return cast.submitted()


def approved(
    cast: Cast, case: ReissueCase, *, by: Actor | None = None, seen: str = "", flags: tuple[str, ...] = ()
) -> ReissueCase:
    return approve_case(by=by or cast.in_charge, case_ref=case.pk, seen=seen or cast.seen(case), flags=flags)


def test_a_second_person_approves_what_was_shown(cast: Cast, case: ReissueCase) -> None:
    done = approved(cast, case)

    request = Approval.objects.get(case=case)
    assert done.state == CaseState.APPROVED
    assert done.approved_at is not None
    assert (request.state, request.decider, request.decider_person) == (
        ApprovalState.APPROVED,
        cast.supervisor,
        cast.supervisor.person_no,
    )
    assert request.decided_at is not None


def test_the_entry_says_on_which_content_was_decided(cast: Cast, case: ReissueCase) -> None:
    approved(cast, case)

    request = Approval.objects.get(case=case)
    entry = AuditRow.objects.get(action="reissue.approved")
    assert entry.facts == {"digest": request.digest, "flags": []}
    assert ["Approval", request.ref] in entry.subjects
    assert entry.staff_no == cast.supervisor.staff_no


def test_approving_moves_no_device_and_tells_nobody_outside(cast: Cast, case: ReissueCase) -> None:
    messages = OutboxMessage.objects.count()

    approved(cast, case)

    cast.new_device.refresh_from_db()
    assert cast.new_device.state == "RESERVED"
    assert OutboxMessage.objects.count() == messages


def test_a_second_account_of_the_same_person_does_not_approve(cast: Cast, case: ReissueCase) -> None:
    other_account = staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no)

    with refused("approval.self"):
        approved(cast, case, by=acting(other_account))


def test_who_runs_the_case_does_not_approve_it_after_a_promotion(cast: Cast, case: ReissueCase) -> None:
    promoted = replace(cast.at_the_desk, role=Role.SUPERVISOR, person_no="P-NEW")

    with refused("approval.self"):
        approved(cast, case, by=promoted)


def test_a_teller_does_not_approve(cast: Cast, case: ReissueCase) -> None:
    with refused("not_allowed"):
        approved(cast, case, by=acting(staff(Role.TELLER, at=cast.home)))


def test_a_supervisor_of_another_branch_does_not_see_the_request(cast: Cast, case: ReissueCase) -> None:
    with refused("not_found"):
        approved(cast, case, by=acting(staff(Role.SUPERVISOR, at=branch("001299"))))


@pytest.mark.parametrize("age", [None, POLICY.step_up_fresh_for + timedelta(seconds=1)])
def test_a_stale_second_factor_must_be_given_again(cast: Cast, case: ReissueCase, age: timedelta | None) -> None:
    given_at = timezone.now() - age if age else None

    with refused("session.step_up"):
        approved(cast, case, by=replace(cast.in_charge, stepped_up_at=given_at))


CHANGES: dict[str, Callable[[Cast, ReissueCase], object]] = {
    "case": lambda cast, case: _set(case, number="RI-261123-999999"),
    "customer": lambda cast, case: Customer.objects.filter(pk=cast.customer.pk).update(number="K999999"),
    "customer_contact_changed_on": lambda cast, case: Customer.objects.filter(pk=cast.customer.pk).update(
        contact_changed_on=timezone.localdate() - timedelta(days=200)
    ),
    "channel": lambda cast, case: _set(case, channel="APP"),
    "reason": lambda cast, case: _set(case, reason="STOLEN"),
    "kind": lambda cast, case: _set(case, kind="CARD"),
    "old_device": lambda cast, case: _set(case, old_device=None),
    "new_device": lambda cast, case: _set(case, new_device=cast.another_device()),
    "loss_report": lambda cast, case: _set(case, loss_report=_another_report(cast)),
    "identity": lambda cast, case: IdentityCheck.objects.update(document=DocumentKind.PASSPORT),
    "documents": lambda cast, case: _set(case, documents=["APPLICATION"]),
    "phishing": lambda cast, case: _set(case, phishing_answers=[False, False]),
    "fee": lambda cast, case: _set(case, fee_won=1),
    "memo": lambda cast, case: _set(case, memo="바꿈"),
}


def _set(case: ReissueCase, **changes: object) -> int:
    return ReissueCase.objects.filter(pk=case.pk).update(**changes)


def _another_report(cast: Cast) -> LossReport:
    cast.reported()
    return LossReport.objects.latest("received_at")


@pytest.mark.parametrize("field", CHANGES)
def test_what_changed_since_it_was_shown_is_not_approved(cast: Cast, case: ReissueCase, field: str) -> None:
    seen = cast.seen(case)
    CHANGES[field](cast, case)

    with refused("approval.changed"):
        approved(cast, case, seen=seen)


@pytest.mark.parametrize("field", CHANGES)
def test_what_changed_since_it_was_requested_is_not_approved_however_fresh_the_look(
    cast: Cast, case: ReissueCase, field: str
) -> None:
    CHANGES[field](cast, case)

    with refused("approval.changed"):
        approved(cast, case)


def test_every_part_of_the_content_has_been_tried(cast: Cast, case: ReissueCase) -> None:
    assert set(CHANGES) == set(content(case))


@pytest.mark.parametrize("seen", ["", "0" * 64, "x"])
def test_a_decision_on_nothing_shown_is_refused(cast: Cast, case: ReissueCase, seen: str) -> None:
    with refused("approval.changed"):
        approve_case(by=cast.in_charge, case_ref=case.pk, seen=seen)


@pytest.fixture
def flagged(cast: Cast) -> ReissueCase:
    Customer.objects.filter(pk=cast.customer.pk).update(contact_changed_on=timezone.localdate())
    return cast.submitted()


def test_what_is_flagged_and_ticked_is_approved_and_kept(cast: Cast, flagged: ReissueCase) -> None:
    approved(cast, flagged, flags=(Flag.CONTACT_CHANGED,))

    assert Approval.objects.get(case=flagged).flags == [Flag.CONTACT_CHANGED]
    assert AuditRow.objects.get(action="reissue.approved").facts["flags"] == ["CONTACT_CHANGED"]


@pytest.mark.parametrize("ticked", [(), (Flag.DORMANT,), (Flag.CONTACT_CHANGED, Flag.DORMANT), ("NONSENSE",)])
def test_all_that_is_flagged_and_nothing_else_must_be_ticked(
    cast: Cast, flagged: ReissueCase, ticked: tuple[str, ...]
) -> None:
    with refused("approval.flags_open"):
        approved(cast, flagged, flags=ticked)


def test_a_flag_that_rose_since_the_look_is_a_change(cast: Cast, case: ReissueCase) -> None:
    seen = cast.seen(case)
    Customer.objects.filter(pk=cast.customer.pk).update(last_used_on=timezone.localdate() - timedelta(days=400))

    with refused("approval.changed"):
        approved(cast, case, seen=seen)
    assert approved(cast, case, flags=(Flag.DORMANT,)).state == CaseState.APPROVED


def test_a_request_is_decided_once(cast: Cast, case: ReissueCase) -> None:
    seen = cast.seen(case)
    approved(cast, case)

    with refused("approval.already_decided"):
        approved(cast, case, by=acting(staff(Role.SUPERVISOR, at=cast.home)), seen=seen)


def test_a_request_whose_time_has_passed_is_not_decided(cast: Cast, case: ReissueCase) -> None:
    Approval.objects.update(lapses_at=timezone.now())

    with refused("approval.already_decided") as refusal:
        approved(cast, case)
    assert "기한이 지났습니다" in refusal.value.message
