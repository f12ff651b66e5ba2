"""The tables say what the rule book says, and nothing in them is dead."""

import pytest

from branches.states import (
    APPROVAL_TRANSITIONS,
    BIRTHS,
    DECIDED,
    ENDS,
    HOLDS_DEVICE,
    OPEN,
    TRANSITIONS,
    ApprovalState,
    ApprovalStep,
    CaseState,
    CaseStep,
)

S = CaseState
RULE_BOOK = {
    (S.RECEIVED, "open", S.IN_PROGRESS),
    (S.IN_PROGRESS, "submit", S.AWAITING_APPROVAL),
    (S.AWAITING_APPROVAL, "withdraw", S.IN_PROGRESS),
    (S.AWAITING_APPROVAL, "return", S.IN_PROGRESS),
    (S.AWAITING_APPROVAL, "lapse", S.IN_PROGRESS),
    (S.AWAITING_APPROVAL, "approve", S.APPROVED),
    (S.AWAITING_APPROVAL, "refuse", S.REFUSED),
    (S.APPROVED, "register", S.REGISTERED),
    (S.APPROVED, "change_device", S.IN_PROGRESS),
    (S.APPROVED, "lapse", S.IN_PROGRESS),
    (S.REGISTERED, "hand_over", S.COMPLETED),
    (S.REGISTERED, "set_aside", S.UNDELIVERED),
    (S.UNDELIVERED, "release", S.COMPLETED),
    (S.UNDELIVERED, "cancel_same_day", S.CANCELLED),
    *((state, "cancel", S.CANCELLED) for state in (S.RECEIVED, S.IN_PROGRESS, S.AWAITING_APPROVAL, S.APPROVED)),
    *((state, "expire", S.EXPIRED) for state in (S.RECEIVED, S.IN_PROGRESS)),
}


def test_a_case_lives_by_the_table_of_the_rule_book() -> None:
    assert {(before, step.value, state) for (before, step), state in TRANSITIONS.items()} == RULE_BOOK


def test_every_step_leads_somewhere() -> None:
    assert {step for _, step in TRANSITIONS} == set(CaseStep)
    assert {step for _, step in APPROVAL_TRANSITIONS} == set(ApprovalStep)


def test_every_state_is_a_birth_or_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) | set(BIRTHS) == set(CaseState)
    assert set(APPROVAL_TRANSITIONS.values()) | {ApprovalState.PENDING} == set(ApprovalState)


@pytest.mark.parametrize("end", ENDS)
def test_nothing_follows_an_end(end: CaseState) -> None:
    assert [step for state, step in TRANSITIONS if state == end] == []


def test_a_case_is_open_or_over() -> None:
    assert set(OPEN).isdisjoint(ENDS)
    assert set(OPEN) | set(ENDS) == set(CaseState)


def test_a_state_that_holds_a_device_is_reached_through_the_request_only() -> None:
    entered = {
        step for (state, step), after in TRANSITIONS.items() if after in HOLDS_DEVICE and state not in HOLDS_DEVICE
    }

    assert entered == {CaseStep.SUBMIT}


def test_a_request_is_decided_once_and_by_somebody() -> None:
    assert {state for state, _ in APPROVAL_TRANSITIONS} == {ApprovalState.PENDING}
    assert set(DECIDED) == {
        after for (_, step), after in APPROVAL_TRANSITIONS.items() if step in ("approve", "return", "refuse")
    }
