import pytest

from branches.commands.approval import submit_case, withdraw_case
from branches.models import Approval
from branches.states import ApprovalState, CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff


def test_the_maker_takes_a_request_back_to_mend_something(cast: Cast) -> None:
    case = withdraw_case(by=cast.at_the_desk, case_ref=cast.submitted().pk)

    assert case.state == CaseState.IN_PROGRESS
    assert Approval.objects.get(case=case).state == ApprovalState.WITHDRAWN
    assert AuditRow.objects.get(action="reissue.withdrawn").outcome == "DONE"


def test_a_withdrawn_request_can_be_made_anew(cast: Cast) -> None:
    case = withdraw_case(by=cast.at_the_desk, case_ref=cast.submitted().pk)

    submit_case(by=cast.at_the_desk, case_ref=case.pk)

    states = sorted(Approval.objects.filter(case=case).values_list("state", flat=True))
    assert states == [ApprovalState.PENDING, ApprovalState.WITHDRAWN]


def test_what_was_decided_is_not_taken_back(cast: Cast) -> None:
    case = cast.approved()

    with refused("state.wrong"):
        withdraw_case(by=cast.at_the_desk, case_ref=case.pk)


def test_what_was_never_asked_is_not_taken_back(cast: Cast) -> None:
    case = cast.prepared()

    with refused("state.wrong"):
        withdraw_case(by=cast.at_the_desk, case_ref=case.pk)


@pytest.mark.parametrize(("home", "code"), [("001234", "reissue.not_yours"), ("001299", "not_found")])
def test_nobody_takes_back_the_request_of_another(cast: Cast, home: str, code: str) -> None:
    case = cast.submitted()

    with refused(code):
        withdraw_case(by=acting(staff(Role.TELLER, at=branch(home))), case_ref=case.pk)
