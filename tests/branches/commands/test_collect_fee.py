import pytest

from branches.commands.approval import approve_case
from branches.commands.paperwork import collect_fee
from branches.models import FeeMethod, FeeRule, FeeState, ReissueCase
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    waiting = cast.submitted()
    return approve_case(by=cast.in_charge, case_ref=waiting.pk, seen=cast.seen(waiting))


def collected(
    cast: Cast, case: ReissueCase, *, method: FeeMethod = FeeMethod.CASH, number: str = "T-0001"
) -> ReissueCase:
    return collect_fee(by=cast.at_the_desk, case_ref=case.pk, method=method, transaction_no=number)


def test_the_fee_is_noted_with_the_number_of_its_transaction(cast: Cast, case: ReissueCase) -> None:
    paid = collected(cast, case, number=" T-0001 ")

    assert (paid.fee_state, paid.fee_transaction_no) == (FeeState.COLLECTED, "T-0001")
    assert paid.fee_collected_at is not None
    assert AuditRow.objects.get(action="reissue.fee_collected").facts == {
        "won": 5000,
        "method": "CASH",
        "transaction_no": "T-0001",
    }


def test_a_customer_may_pay_otherwise_than_agreed_and_the_approval_still_holds(cast: Cast, case: ReissueCase) -> None:
    before = cast.seen(case)

    paid = collected(cast, case, method=FeeMethod.ACCOUNT)

    assert paid.fee_method == FeeMethod.ACCOUNT
    assert cast.seen(case) == before


@pytest.mark.parametrize("number", ["", "   "])
def test_a_fee_without_a_transaction_number_is_not_taken(cast: Cast, case: ReissueCase, number: str) -> None:
    with refused("reissue.transaction_number"):
        collected(cast, case, number=number)


def test_a_fee_is_not_collected_by_waiving_it(cast: Cast, case: ReissueCase) -> None:
    with refused("reissue.no_waiver"):
        collected(cast, case, method=FeeMethod.NONE, number="")


def test_a_fee_is_taken_once(cast: Cast, case: ReissueCase) -> None:
    collected(cast, case)

    with refused("reissue.fee_not_due"):
        collected(cast, case, number="T-0002")


def test_no_fee_is_taken_before_the_approval(cast: Cast) -> None:
    case = cast.submitted()

    with refused("reissue.fee_not_due"):
        collected(cast, case)


def test_where_nothing_is_due_nothing_is_taken(cast: Cast) -> None:
    FeeRule.objects.update(won=0)
    case = cast.submitted()
    approve_case(by=cast.in_charge, case_ref=case.pk, seen=cast.seen(case))

    with refused("reissue.fee_not_due"):
        collected(cast, case)


def test_a_colleague_does_not_take_the_fee(cast: Cast, case: ReissueCase) -> None:
    with refused("reissue.not_yours"):
        collect_fee(
            by=acting(staff(Role.TELLER, at=cast.home)), case_ref=case.pk, method=FeeMethod.CASH, transaction_no="T-1"
        )
