from dataclasses import replace

import pytest

from branches.commands.approval import refuse_case
from branches.models import Approval, FeeState, ReissueCase, ReturnReason
from branches.states import ApprovalState, CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff

REASON = ReturnReason.PHISHING_SUSPECTED


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    return cast.submitted()


def test_a_refused_case_is_over_and_its_device_back_in_the_till(cast: Cast, case: ReissueCase) -> None:
    over = refuse_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    cast.new_device.refresh_from_db()
    assert (over.state, over.end_reason) == (CaseState.REFUSED, "PHISHING_SUSPECTED")
    assert over.ended_at is not None
    assert (cast.new_device.state, cast.new_device.till) == ("IN_STOCK", cast.teller)


def test_the_request_and_the_entry_keep_reason_and_decider(cast: Cast, case: ReissueCase) -> None:
    refuse_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    request = Approval.objects.get(case=case)
    entry = AuditRow.objects.get(action="reissue.refused")
    assert (request.state, request.reason, request.decider) == (ApprovalState.REFUSED, REASON, cast.supervisor)
    assert entry.facts == {"reason": "PHISHING_SUSPECTED", "refund_due": False}
    assert ["Device", cast.new_device.ref] in entry.subjects


def test_a_fee_taken_before_becomes_due_for_refund(cast: Cast, case: ReissueCase) -> None:
    ReissueCase.objects.filter(pk=case.pk).update(fee_state=FeeState.COLLECTED)

    over = refuse_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    assert over.fee_state == FeeState.REFUND_DUE
    assert AuditRow.objects.get(action="reissue.refused").facts["refund_due"] is True


def test_the_customer_may_begin_anew(cast: Cast, case: ReissueCase) -> None:
    refuse_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)

    assert cast.opened().pk != case.pk


def test_refusing_needs_a_fresh_second_factor(cast: Cast, case: ReissueCase) -> None:
    with refused("session.step_up"):
        refuse_case(by=replace(cast.in_charge, stepped_up_at=None), case_ref=case.pk, reason=REASON)


def test_nobody_refuses_their_own_request(cast: Cast, case: ReissueCase) -> None:
    other_account = staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no)

    with refused("approval.self"):
        refuse_case(by=acting(other_account), case_ref=case.pk, reason=REASON)


def test_a_teller_does_not_refuse(cast: Cast, case: ReissueCase) -> None:
    with refused("not_allowed"):
        refuse_case(by=cast.at_the_desk, case_ref=case.pk, reason=REASON)


def test_what_was_approved_is_not_refused_any_more(cast: Cast) -> None:
    case = cast.approved()

    with refused("approval.already_decided"):
        refuse_case(by=cast.in_charge, case_ref=case.pk, reason=REASON)
