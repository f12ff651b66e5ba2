import pytest

from nh_otp.access import StepUpNeeded
from nh_otp.doors import STATUS, status_of
from nh_otp.errors import (
    BRANCHES,
    Busy,
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    Unavailable,
    branch_of,
)


@pytest.mark.parametrize(
    ("refusal", "branch", "status"),
    [
        (StepUpNeeded(), NotAllowed, 403),
        (NotFound(), NotFound, 404),
        (Invalid(), Invalid, 422),
        (Busy(), Conflict, 409),
        (Unavailable(), Unavailable, 503),
    ],
)
def test_a_refusal_hangs_on_one_branch_and_each_branch_has_a_status(
    refusal: DomainError, branch: type[DomainError], status: int
) -> None:
    assert branch_of(refusal) is branch
    assert status_of(refusal) == status


def test_every_branch_has_a_status_of_its_own() -> None:
    assert set(STATUS) == set(BRANCHES)
    assert len(set(STATUS.values())) == len(BRANCHES)


def test_a_refusal_may_carry_other_words_and_another_code() -> None:
    refusal = Conflict("다른 말씀입니다.", code="rule.x", since=3)

    assert (refusal.message, refusal.code, refusal.facts) == ("다른 말씀입니다.", "rule.x", {"since": 3})
    assert str(refusal) == "rule.x: 다른 말씀입니다."


def every(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in every(child))]


def test_every_refusal_of_the_house_has_a_code_and_a_polite_korean_sentence() -> None:
    own = [kind for kind in every(DomainError) if kind.__module__.split(".")[0] in {"nh_otp", "branches", "devices"}]

    assert [kind.__name__ for kind in own if not kind.message.endswith(("니다.", "십시오.", "까?"))] == []
    assert [kind.__name__ for kind in own if not kind.code or len(kind.code) > 60] == []


def test_no_two_refusals_share_a_code() -> None:
    own = {kind for kind in every(DomainError) if kind.__module__.split(".")[0] in {"nh_otp", "branches", "devices"}}
    declared = [kind.code for kind in own if "code" in vars(kind)]

    assert sorted(code for code in declared if declared.count(code) > 1) == []
