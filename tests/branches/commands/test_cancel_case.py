import pytest

from branches.commands.reissue import cancel_case
from branches.models import Approval, FeeState, ReissueCase
from branches.states import ApprovalState, CaseState
from devices.states import DeviceState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff


def cancelled(cast: Cast, case: ReissueCase, *, opened: bool = False) -> ReissueCase:
    return cancel_case(by=cast.at_the_desk, case_ref=case.pk, reason="CUSTOMER", opened=opened)


def test_a_case_without_a_device_just_ends(cast: Cast) -> None:
    case = cancelled(cast, cast.opened())

    assert (case.state, case.end_reason, case.fee_state) == (CaseState.CANCELLED, "CUSTOMER", FeeState.OPEN)
    assert case.ended_at is not None
    assert AuditRow.objects.get(action="reissue.cancelled").facts == {"reason": "CUSTOMER", "refund_due": False}


def test_an_unopened_device_goes_back_to_the_till(cast: Cast) -> None:
    cancelled(cast, cast.prepared())

    cast.new_device.refresh_from_db()
    assert (cast.new_device.state, cast.new_device.till) == (DeviceState.IN_STOCK, cast.teller)


def test_an_opened_device_goes_to_be_checked_and_never_back_to_the_till(cast: Cast) -> None:
    cancelled(cast, cast.prepared(), opened=True)

    cast.new_device.refresh_from_db()
    assert cast.new_device.state == DeviceState.QUARANTINED


def test_after_approval_a_device_counts_as_opened_and_the_fee_is_due_for_refund(cast: Cast) -> None:
    case = cancelled(cast, cast.approved())

    cast.new_device.refresh_from_db()
    assert cast.new_device.state == DeviceState.QUARANTINED
    assert case.fee_state == FeeState.REFUND_DUE
    assert AuditRow.objects.get(action="reissue.cancelled").facts["refund_due"] is True


def test_a_request_that_waits_is_withdrawn_with_the_case(cast: Cast) -> None:
    case = cancelled(cast, cast.submitted())

    assert Approval.objects.get(case=case).state == ApprovalState.WITHDRAWN


def test_the_old_device_stays_stopped(cast: Cast) -> None:
    cancelled(cast, cast.prepared())

    cast.old_device.refresh_from_db()
    assert cast.old_device.state == DeviceState.SUSPENDED


def test_the_customer_may_begin_anew_with_the_same_device(cast: Cast) -> None:
    first = cancelled(cast, cast.prepared())

    assert cast.prepared().pk != first.pk


def test_what_is_registered_is_not_cancelled(cast: Cast) -> None:
    case = cast.registered()

    with refused("state.wrong"):
        cancelled(cast, case)


def test_a_case_ends_once(cast: Cast) -> None:
    case = cancelled(cast, cast.opened())

    with refused("state.wrong"):
        cancelled(cast, case)


@pytest.mark.parametrize("role", [Role.TELLER, Role.SUPERVISOR])
def test_nobody_else_cancels_it(cast: Cast, role: Role) -> None:
    case = cast.prepared()

    with refused("reissue.not_yours" if role is Role.TELLER else "not_allowed"):
        cancel_case(by=acting(staff(role, at=cast.home)), case_ref=case.pk, reason="CUSTOMER")
