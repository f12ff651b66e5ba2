"""Two codes in a row: a clock that is off is corrected, and nobody guesses his way in; product.md 7 and 8."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from django.utils import timezone

from devices.custody import MalformedCode
from devices.models import CheckOutcome, CodeCheck, Counter, DeskTries, Device, ServiceKind
from devices.states import DeviceState, DeviceStep, Move
from devices.verifier.refusals import NotDecided, NothingToCheck
from nh_otp.audit.models import AuditRow
from nh_otp.four_eyes.states import ApprovalStep
from nh_otp.gateways.otp_verifier import CodePair, Outcome, Purpose
from nh_otp.policy import POLICY
from tests.devices.verifier.desk import Desk, desk, desks, verifier
from tests.devices.verifier.served import counter, in_use
from tests.factories.cast import voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def pair(here: Desk, at: datetime, *, steps: int, gap: int = 1) -> CodePair:
    first, second = here.code(at, steps=steps - gap), here.code(at, steps=steps)
    return CodePair(here.device.pk, here.case.pk, first, second, str(uuid.uuid4()), "E1")


def clock(here: Desk) -> tuple[int, int]:
    found = Counter.objects.get(device=here.device)
    return found.correction, found.drift


@pytest.mark.parametrize(
    ("steps", "set_to"), [(0, (0, 0)), (-2, (0, -2)), (10, (0, 10)), (11, (11, 0)), (-59, (-59, 0)), (60, (60, 0))]
)
def test_two_codes_in_a_row_set_the_clock_of_a_new_device_and_cost_no_try(
    at: datetime, steps: int, set_to: tuple[int, int]
) -> None:
    here = desk()

    verdict = verifier(at=at).resync(pair(here, at, steps=steps))

    assert (verdict.outcome, verdict.drift_seconds, clock(here)) == (Outcome.MATCH, steps * 60, set_to)
    assert not DeskTries.objects.exists()
    assert CodeCheck.objects.get(outcome=CheckOutcome.MATCH).pk == verdict.verification


@pytest.mark.parametrize("steps", [61, -60, 200])
def test_a_clock_further_off_than_an_hour_is_not_corrected(at: datetime, steps: int) -> None:
    here = desk()

    verdict = verifier(at=at).resync(pair(here, at, steps=steps))

    assert (verdict.outcome, verdict.verification, clock(here)) == (Outcome.WRONG, None, (0, 0))
    assert Counter.objects.get(device=here.device).failures == 1


@pytest.mark.parametrize("gap", [-1, 0, 2])
def test_codes_that_do_not_follow_each_other_are_wrong(at: datetime, gap: int) -> None:
    here = desk()

    assert verifier(at=at).resync(pair(here, at, steps=20, gap=gap)).outcome is Outcome.WRONG
    assert clock(here) == (0, 0)


def test_a_corrected_device_shows_its_next_code_inside_the_window(at: datetime) -> None:
    here = desk()
    verifier(at=at).resync(pair(here, at, steps=40))

    assert verifier(at=at).check(here.asks(here.code(at, steps=41))).outcome is Outcome.MATCH
    assert clock(here) == (40, 1)


def test_the_same_two_codes_are_accepted_once(at: datetime) -> None:
    here = desk()
    verifier(at=at).resync(pair(here, at, steps=20))

    again = verifier(at=at).resync(pair(here, at, steps=20))
    single = verifier(at=at).check(here.asks(here.code(at, steps=20)))

    assert (again.outcome, single.outcome) == (Outcome.REUSED, Outcome.REUSED)
    assert CodeCheck.objects.filter(outcome=CheckOutcome.MATCH).count() == 1


def test_a_repeated_request_is_answered_alike_and_counts_once(at: datetime) -> None:
    here = desk()
    question = pair(here, at, steps=20)
    first = verifier(at=at).resync(question)

    assert verifier(at=at).resync(question) == first
    assert CodeCheck.objects.count() == 1


def test_wrong_pairs_count_towards_the_ten_and_end_there(at: datetime) -> None:
    here = desk()
    wrong = pair(here, at, steps=200)

    told = [
        verifier(at=at).resync(
            CodePair(wrong.device, wrong.subject, wrong.first, wrong.second, str(uuid.uuid4()), "E1")
        )
        for _ in range(POLICY.consecutive_tries + 1)
    ]

    assert [verdict.outcome for verdict in told] == [Outcome.WRONG] * 10 + [Outcome.LOCKED]
    assert CodeCheck.objects.count() == 10


def test_three_wrong_codes_at_the_desk_leave_the_correction_open(at: datetime) -> None:
    here = desk()
    for _ in range(3):
        verifier(at=at).check(here.asks(here.wrong(at)))

    assert verifier(at=at).check(here.asks(here.code(at))).outcome is Outcome.TRIES_USED
    assert verifier(at=at).resync(pair(here, at, steps=15)).outcome is Outcome.MATCH


@pytest.mark.parametrize(("first", "second"), [("12345", "123456"), ("123456", "12345678"), ("", "123456")])
def test_what_no_device_shows_is_refused_and_counts_nothing(at: datetime, first: str, second: str) -> None:
    here = desk()

    with pytest.raises(MalformedCode):
        verifier(at=at).resync(CodePair(here.device.pk, here.case.pk, first, second, str(uuid.uuid4()), "E1"))

    assert not CodeCheck.objects.exists()


# devices in use


def test_a_small_correction_of_a_device_in_use_is_made_at_once(at: datetime) -> None:
    here = in_use(ServiceKind.RESYNC, at=at)

    verdict = verifier(at=at).resync(here.pair(at, steps=-9))

    assert (verdict.outcome, verdict.drift_seconds) == (Outcome.MATCH, -540)
    assert (counter(here).correction, counter(here).drift) == (0, -9)


def test_a_wide_correction_waits_for_a_decision_and_is_made_once(at: datetime) -> None:
    here = in_use(ServiceKind.RESYNC, at=at)
    verdict = verifier(at=at).resync(here.pair(at, steps=30))

    assert (verdict.outcome, verdict.drift_seconds) == (Outcome.NEEDS_DECISION, 1800)
    assert (counter(here).correction, counter(here).drift) == (0, 0)
    here.decided(verdict)
    for _ in range(2):
        verifier(at=at).settle_service(here.service.pk)

    assert (counter(here).correction, counter(here).drift) == (30, 0)
    assert AuditRow.objects.get(action="counter.settled").facts == {"kind": "RESYNC", "shift": 30}


def test_a_locked_device_is_unlocked_by_a_right_code_and_a_decision_only(at: datetime) -> None:
    here = in_use(ServiceKind.UNLOCK, at=at)

    verdict = verifier(at=at).check(here.one(here.desk.code(at)))

    assert (verdict.outcome, counter(here).failures) == (Outcome.MATCH, 10)
    here.decided(verdict)
    verifier(at=at).settle_service(here.service.pk)
    assert counter(here).failures == 0


def test_a_locked_device_whose_clock_is_off_is_unlocked_and_corrected_together(at: datetime) -> None:
    here = in_use(ServiceKind.UNLOCK, at=at)
    assert verifier(at=at).check(here.one(here.desk.code(at, steps=25))).outcome is Outcome.DRIFTED

    verdict = verifier(at=at).resync(here.pair(at, steps=26))
    here.decided(verdict)
    verifier(at=at).settle_service(here.service.pk)

    assert (counter(here).failures, counter(here).correction, verdict.drift_seconds) == (0, 26, 1560)


@pytest.mark.parametrize("kind", ServiceKind)
@pytest.mark.parametrize("spoken", [None, ApprovalStep.REFUSE, ApprovalStep.RETURN])
def test_without_an_approval_nothing_is_forgotten_or_set(
    at: datetime, kind: ServiceKind, spoken: ApprovalStep | None
) -> None:
    here = in_use(kind, at=at)
    verdict = verifier(at=at).resync(here.pair(at, steps=30))
    before = counter(here)
    if spoken:
        here.decided(verdict, step=spoken)

    with pytest.raises(NotDecided):
        verifier(at=at).settle_service(here.service.pk)

    after = counter(here)
    assert (after.failures, after.correction, after.drift) == (before.failures, before.correction, before.drift)
    assert not AuditRow.objects.filter(action="counter.settled").exists()


def test_an_unlock_has_three_tries_and_wrong_ones_change_nothing(at: datetime) -> None:
    here = in_use(ServiceKind.UNLOCK, at=at)
    wrong = here.desk.wrong(at)

    told = [verifier(at=at).check(here.one(wrong)) for _ in range(4)]

    assert [verdict.outcome for verdict in told] == [*[Outcome.WRONG] * 3, Outcome.TRIES_USED]
    assert [verdict.tries_left for verdict in told] == [2, 1, 0, 0]
    assert verifier(at=at).resync(here.pair(at, steps=0)).outcome is Outcome.TRIES_USED
    assert counter(here).failures == 10


def test_the_tenth_wrong_code_locks_a_device_in_its_customers_hand(at: datetime) -> None:
    here = in_use(ServiceKind.RESYNC, at=at)
    Counter.objects.update(failures=9)

    verdict = verifier(at=at).check(here.one(here.desk.wrong(at)))
    after = verifier(at=at).resync

    assert verdict.outcome is Outcome.WRONG
    assert Device.objects.get(pk=here.desk.device.pk).state == DeviceState.LOCKED
    with pytest.raises(NothingToCheck):
        after(here.pair(at, steps=0))


@pytest.mark.parametrize("purpose", Purpose)
def test_a_subject_opens_only_its_own_purpose(at: datetime, purpose: Purpose) -> None:
    here = in_use(ServiceKind.RESYNC, at=at)
    question = here.pair(at, steps=0)
    asked = CodePair(
        question.device, question.subject, question.first, question.second, question.once, "E1", purpose=purpose
    )

    if purpose is Purpose.RESYNC:
        assert verifier(at=at).resync(asked).outcome is Outcome.MATCH
        return
    with pytest.raises(NothingToCheck):
        verifier(at=at).resync(asked)
    assert not CodeCheck.objects.exists()


# devices mixed up


def neighbours(at: datetime) -> tuple[Desk, Desk]:
    """Two devices of one till, each reserved for a case of its own."""
    here, other = desks(2)
    teller = here.case.owner
    for each in (here, other):
        each.device.hand(Move.HAND, voucher(at), till=teller)
    return here, other


def test_a_code_of_another_device_in_the_till_is_told_as_a_mix_up_and_burns_nothing(at: datetime) -> None:
    here, other = neighbours(at)

    verdict = verifier(at=at).check(here.asks(other.code(at)))

    assert (verdict.outcome, verdict.neighbour) == (Outcome.WRONG, True)
    assert Counter.objects.get(device=other.device).last_step == 0
    assert verifier(at=at).check(other.asks(other.code(at))).outcome is Outcome.MATCH


@pytest.mark.parametrize("steps", [2, -2, 30])
def test_a_code_the_neighbour_shows_at_another_time_tells_nothing(at: datetime, steps: int) -> None:
    here, other = neighbours(at)

    assert not verifier(at=at).check(here.asks(other.code(at, steps=steps))).neighbour


def test_a_device_in_another_till_or_in_a_customers_hand_is_no_neighbour(at: datetime) -> None:
    here, other = neighbours(at)
    other.device.move(DeviceStep.REGISTER, voucher(at), registered_at=at, till=None)

    assert not verifier(at=at).check(here.asks(other.code(at))).neighbour
