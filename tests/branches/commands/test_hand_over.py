import pytest

from branches.commands.reissue import hand_over
from branches.models import ReissueCase
from branches.states import CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff


def test_the_case_is_complete_when_the_customer_has_signed(cast: Cast) -> None:
    case = hand_over(by=cast.at_the_desk, case_ref=cast.registered().pk, signed=True)

    assert case.state == CaseState.COMPLETED
    assert case.ended_at is not None
    assert AuditRow.objects.get(action="reissue.handed_over").subjects == [["ReissueCase", case.ref]]


def test_without_a_signature_nothing_is_handed_over(cast: Cast) -> None:
    case = cast.registered()

    with refused("reissue.not_signed"):
        hand_over(by=cast.at_the_desk, case_ref=case.pk, signed=False)


@pytest.mark.parametrize("stage", ["opened", "prepared", "submitted", "approved"])
def test_a_device_that_is_not_registered_is_not_handed_over(cast: Cast, stage: str) -> None:
    case: ReissueCase = getattr(cast, stage)()

    with refused("state.wrong"):
        hand_over(by=cast.at_the_desk, case_ref=case.pk, signed=True)


def test_a_case_is_handed_over_once(cast: Cast) -> None:
    case = hand_over(by=cast.at_the_desk, case_ref=cast.registered().pk, signed=True)

    with refused("state.wrong"):
        hand_over(by=cast.at_the_desk, case_ref=case.pk, signed=True)


def test_a_colleague_does_not_hand_it_over(cast: Cast) -> None:
    case = cast.registered()

    with refused("reissue.not_yours"):
        hand_over(by=acting(staff(Role.TELLER, at=cast.home)), case_ref=case.pk, signed=True)
