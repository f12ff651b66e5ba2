from datetime import timedelta

import pytest

from branches.commands.approval import lapse_request, withdraw_case
from branches.models import Approval
from branches.states import ApprovalState, CaseState
from branches.tasks import lapse_requests
from nh_otp.access import Actor
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast

CLOCK = Actor.system("clock")


@pytest.fixture
def request_of(cast: Cast) -> Approval:
    return Approval.objects.get(case=cast.submitted())


def test_a_request_nobody_decided_goes_back_to_its_maker(cast: Cast, request_of: Approval) -> None:
    lapse_request(by=CLOCK, approval=request_of.pk, at=request_of.lapses_at)

    request_of.refresh_from_db()
    assert request_of.state == ApprovalState.LAPSED
    assert request_of.reissue.state == CaseState.IN_PROGRESS
    assert AuditRow.objects.get(action="reissue.lapsed").staff_no == "system:clock"


def test_a_request_still_has_its_time(cast: Cast, request_of: Approval) -> None:
    lapse_request(by=CLOCK, approval=request_of.pk, at=request_of.lapses_at - timedelta(microseconds=1))

    request_of.refresh_from_db()
    assert request_of.state == ApprovalState.PENDING
    assert not AuditRow.objects.filter(action="reissue.lapsed").exists()


def test_what_was_taken_back_meanwhile_does_not_lapse(cast: Cast, request_of: Approval) -> None:
    withdraw_case(by=cast.at_the_desk, case_ref=request_of.subject)

    lapse_request(by=CLOCK, approval=request_of.pk, at=request_of.lapses_at)

    request_of.refresh_from_db()
    assert request_of.state == ApprovalState.WITHDRAWN


def test_only_the_clock_lets_requests_lapse(cast: Cast, request_of: Approval) -> None:
    with refused("not_allowed"):
        lapse_request(by=cast.in_charge, approval=request_of.pk, at=request_of.lapses_at)


def test_the_clock_finds_what_is_due_and_leaves_the_rest(cast: Cast, request_of: Approval) -> None:
    lapse_requests()
    request_of.refresh_from_db()
    assert request_of.state == ApprovalState.PENDING

    Approval.objects.update(lapses_at=request_of.requested_at)
    lapse_requests()

    request_of.refresh_from_db()
    assert request_of.state == ApprovalState.LAPSED
