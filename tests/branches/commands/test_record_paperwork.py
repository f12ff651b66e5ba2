from datetime import date

import pytest

from branches.commands.paperwork import record_paperwork
from branches.models import FeeMethod, FeeRule, FeeState, Reason, ReissueCase
from branches.queries.paperwork import PHISHING_QUESTIONS, Paper
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff

PAPERS = [Paper.LOSS_FORM, Paper.APPLICATION, Paper.ID_COPY]
ASKED = [False] * len(PHISHING_QUESTIONS)


def recorded(cast: Cast, case: ReissueCase, **changed: object) -> ReissueCase:
    given: dict[str, object] = {
        "by": cast.at_the_desk,
        "documents": PAPERS,
        "phishing_answers": ASKED,
        "consent": True,
        "fee_method": FeeMethod.CASH,
    }
    return record_paperwork(case_ref=case.pk, **given | changed)  # type: ignore[arg-type]  # a test's choice


def test_the_fee_in_force_is_copied_onto_the_case_with_its_sentence(cast: Cast) -> None:
    case = recorded(cast, cast.opened())

    case.refresh_from_db()
    assert (case.fee_won, case.fee_state, case.fee_method) == (5000, FeeState.AGREED, FeeMethod.CASH)
    assert case.fee_sentence == "분실 재발급 수수료는 5,000원입니다."
    assert case.documents == ["APPLICATION", "ID_COPY", "LOSS_FORM"]
    assert case.phishing_answers == ASKED
    assert case.paperwork_at is not None


def test_the_entry_keeps_papers_and_fee(cast: Cast) -> None:
    recorded(cast, cast.opened())

    assert AuditRow.objects.get(action="reissue.paperwork").facts == {
        "documents": ["APPLICATION", "ID_COPY", "LOSS_FORM"],
        "fee_won": 5000,
        "fee_method": "CASH",
    }


def test_a_fee_of_nothing_is_paid_in_no_way(cast: Cast) -> None:
    FeeRule.objects.update(won=0)

    case = recorded(cast, cast.opened())

    assert (case.fee_won, case.fee_method) == (0, FeeMethod.NONE)


def test_papers_may_be_recorded_again_while_the_case_is_in_hand(cast: Cast) -> None:
    case = cast.opened()
    recorded(cast, case)

    again = recorded(cast, case, phishing_answers=[True, False, False])

    assert again.phishing_answers == [True, False, False]


@pytest.mark.parametrize("missing", PAPERS)
def test_every_paper_must_be_there(cast: Cast, missing: Paper) -> None:
    case = cast.opened()

    with refused("reissue.papers_missing"):
        recorded(cast, case, documents=[paper for paper in PAPERS if paper != missing])


@pytest.mark.parametrize("answers", [[], ASKED[1:], [*ASKED, False]])
def test_every_question_must_have_been_asked(cast: Cast, answers: list[bool]) -> None:
    case = cast.opened()

    with refused("reissue.questions_open"):
        recorded(cast, case, phishing_answers=answers)


def test_the_customer_must_have_agreed_to_the_fee(cast: Cast) -> None:
    case = cast.opened()

    with refused("reissue.consent_missing"):
        recorded(cast, case, consent=False)


def test_a_fee_is_not_waived_by_choosing_no_way_to_pay(cast: Cast) -> None:
    case = cast.opened()

    with refused("reissue.no_waiver"):
        recorded(cast, case, fee_method=FeeMethod.NONE)


@pytest.mark.parametrize("change", ["ended", "other_reason", "other_kind"])
def test_without_a_rule_in_force_no_fee_is_made_up(cast: Cast, change: str) -> None:
    case = cast.opened()
    changes: dict[str, dict[str, object]] = {
        "ended": {"in_force": (date(2020, 1, 1), date(2021, 1, 1))},
        "other_reason": {"reason": Reason.DAMAGED},
        "other_kind": {"kind": "CARD"},
    }
    FeeRule.objects.update(**changes[change])

    with refused("reissue.no_fee_rule"):
        recorded(cast, case)


def test_after_the_request_nothing_is_recorded_any_more(cast: Cast) -> None:
    case = cast.submitted()

    with refused("conflict"):
        recorded(cast, case)


def test_a_colleague_must_take_the_case_over_first(cast: Cast) -> None:
    case = cast.opened()

    with refused("reissue.not_yours"):
        recorded(cast, case, by=acting(staff(Role.TELLER, at=cast.home)))
