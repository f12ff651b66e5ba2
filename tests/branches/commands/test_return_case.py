from dataclasses import replace

import pytest

from branches.commands.approval import return_case, submit_case
from branches.models import Approval, ReissueCase, ReturnReason
from branches.states import ApprovalState, CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff

REASON = ReturnReason.SIGNATURE_MISSING


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    return cast.submitted()


def test_a_request_goes_back_to_its_maker_with_a_reason(cast: Cast, case: ReissueCase) -> None:
    back = return_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    request = Approval.objects.get(case=case)
    assert back.state == CaseState.IN_PROGRESS
    assert (request.state, request.reason, request.decider) == (ApprovalState.RETURNED, REASON, cast.supervisor)
    assert AuditRow.objects.get(action="reissue.returned").facts == {"reason": "SIGNATURE_MISSING"}


def test_the_device_stays_set_aside_and_the_case_can_be_submitted_again(cast: Cast, case: ReissueCase) -> None:
    return_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    again = submit_case(by=cast.at_the_desk, case_ref=case.pk)

    cast.new_device.refresh_from_db()
    assert cast.new_device.state == "RESERVED"
    assert again.state == CaseState.AWAITING_APPROVAL


def test_sending_back_needs_a_fresh_second_factor(cast: Cast, case: ReissueCase) -> None:
    with refused("session.step_up"):
        return_case(by=replace(cast.in_charge, stepped_up_at=None), case_ref=case.pk, reason=REASON)


def test_nobody_sends_back_their_own_request(cast: Cast, case: ReissueCase) -> None:
    other_account = staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no)

    with refused("approval.self"):
        return_case(by=acting(other_account), case_ref=case.pk, reason=REASON)


def test_a_supervisor_of_another_branch_does_not_see_the_request(cast: Cast, case: ReissueCase) -> None:
    with refused("not_found"):
        return_case(by=acting(staff(Role.SUPERVISOR, at=branch("001299"))), case_ref=case.pk, reason=REASON)


def test_what_was_decided_is_not_sent_back(cast: Cast) -> None:
    case = cast.approved()

    with refused("approval.already_decided"):
        return_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)
