from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from branches.states import CaseState, CaseStep
from devices.custody import MalformedCode
from devices.models import CheckOutcome, CodeCheck, Counter, DeskTries, Device
from devices.states import DeviceState, DeviceStep
from devices.verifier import records
from devices.verifier.purposes import SUBJECTS
from devices.verifier.refusals import CheckRefused, ClocksDisagree, NothingToCheck, OnceTaken, StillChecking
from nh_otp.audit.models import AuditEntry, AuditRow
from nh_otp.gateways.otp_verifier import Outcome, Purpose, Verdict
from nh_otp.policy import POLICY
from tests.devices.verifier.desk import Desk, desk, desks, verifier
from tests.factories.cast import voucher

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return timezone.now()


def counter(at: Desk) -> Counter:
    return Counter.objects.get(device=at.device)


def tries(at: Desk) -> int:
    return CodeCheck.objects.filter(device=at.device).count()


def test_the_code_on_the_display_matches_and_leaves_a_row_that_registration_can_use() -> None:
    here, at = desk(), now()

    verdict = verifier(at=at).check(here.asks(here.code(at)))

    row = CodeCheck.objects.get(device=here.device)
    step = int(at.timestamp()) // 60
    assert verdict == Verdict(Outcome.MATCH, row.pk, 2)
    assert (row.device_id, row.case_id, row.outcome, row.step) == (here.device.pk, here.case.pk, "MATCH", step)
    assert (counter(here).last_step, counter(here).failures, counter(here).drift) == (step, 0, 0)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_device_a_minute_fast_or_slow_is_accepted_and_its_drift_remembered(steps: int) -> None:
    here, at = desk(digits=8), now()

    verdict = verifier(at=at).check(here.asks(here.code(at, steps=steps)))

    assert verdict.outcome is Outcome.MATCH
    assert counter(here).drift == steps


@pytest.mark.parametrize(("drift", "steps", "then"), [(-10, -11, -10), (3, 4, 4), (10, 9, 9)])
def test_learnt_drift_moves_the_window_and_never_wanders_further_than_ten_steps(
    drift: int, steps: int, then: int
) -> None:
    here, at = desk(digits=8), now()
    Counter.objects.filter(device=here.device).update(drift=drift)

    verdict = verifier(at=at).check(here.asks(here.code(at, steps=steps)))

    assert (verdict.outcome, counter(here).drift) == (Outcome.MATCH, then)


@pytest.mark.parametrize("steps", [-60, -2, 2, 60])
def test_a_code_from_further_off_is_told_apart_and_accepted_by_nobody(steps: int) -> None:
    here, at = desk(digits=8), now()

    verdict = verifier(at=at).check(here.asks(here.code(at, steps=steps)))

    assert verdict == Verdict(Outcome.DRIFTED, None, 2)
    assert (counter(here).last_step, counter(here).failures) == (0, 1)


@pytest.mark.parametrize("steps", [-61, 61])
def test_a_code_beyond_the_first_use_window_is_simply_wrong(steps: int) -> None:
    here, at = desk(digits=8), now()

    assert verifier(at=at).check(here.asks(here.code(at, steps=steps))).outcome is Outcome.WRONG


def test_a_teller_has_three_tries_and_the_fourth_is_not_even_looked_at() -> None:
    here, at = desk(), now()
    wrong, asked = here.wrong(at), verifier(at=at)

    verdicts = [asked.check(here.asks(wrong)) for _ in range(3)]
    right_but_late = asked.check(here.asks(here.code(at)))

    assert verdicts == [Verdict(Outcome.WRONG, None, left) for left in (2, 1, 0)]
    assert right_but_late == Verdict(Outcome.TRIES_USED, None, 0)
    assert (tries(here), counter(here).failures) == (3, 3)


def test_more_tries_granted_by_a_supervisor_count_on() -> None:
    here, at = desk(), now()
    DeskTries.objects.create(device=here.device, case=here.case, claimed=3, granted=6)

    assert verifier(at=at).check(here.asks(here.code(at))) == Verdict(Outcome.MATCH, CodeCheck.objects.get().pk, 2)


def test_a_code_works_once_and_every_earlier_one_is_used_up_with_it() -> None:
    here, at = desk(digits=8), now()
    asked = verifier(at=at)

    outcomes = [asked.check(here.asks(here.code(at, steps=steps))).outcome for steps in (0, 0, -1)]

    assert outcomes == [Outcome.MATCH, Outcome.REUSED, Outcome.REUSED]


def test_a_used_code_typed_again_minutes_later_is_called_used_and_not_drifted() -> None:
    here, at = desk(digits=8), now()
    Counter.objects.filter(device=here.device).update(last_step=int(at.timestamp()) // 60 - 5)

    assert verifier(at=at).check(here.asks(here.code(at, steps=-5))).outcome is Outcome.REUSED


@pytest.mark.parametrize("right", [True, False])
def test_the_same_request_sent_again_gets_the_same_answer_and_spends_nothing(right: bool) -> None:
    here, at = desk(), now()
    question = here.asks(here.code(at) if right else here.wrong(at))
    asked = verifier(at=at)

    first, again = asked.check(question), asked.check(question)

    assert first == again
    assert tries(here) == DeskTries.objects.get(device=here.device).claimed == 1


def test_the_answer_is_still_there_after_the_case_went_on() -> None:
    here, at = desk(), now()
    question = here.asks(here.code(at))
    first = verifier(at=at).check(question)
    here.device.move(DeviceStep.REGISTER, voucher(at), registered_at=at, till=None)

    assert verifier(at=at).check(question) == first


def test_a_request_number_used_for_one_device_is_refused_for_another() -> None:
    one, other = desks(2)
    at, once = now(), uuid.uuid4()
    verifier(at=at).check(one.asks(one.wrong(at), once=once))

    with pytest.raises(OnceTaken):
        verifier(at=at).check(other.asks(other.code(at), once=once))

    assert tries(other) == 0


def test_who_asks_while_the_same_request_is_being_checked_waits_and_is_told_to_ask_later() -> None:
    here, at, once = desk(), now(), uuid.uuid4()
    CodeCheck.objects.create(device=here.device, case=here.case, once=once, claimed_at=at)

    with pytest.raises(StillChecking):
        verifier(at=at, patience=timedelta(milliseconds=60)).check(here.asks(here.code(at), once=once))

    assert not DeskTries.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "12345",
            "1234567",
            "12345678",
            "123456 ",
            " 123456",
            "+12345",
            "-12345",
            "1_2_3_",
            "123456\n",
            "12345\0",
        ),
        *("１２３４５６", "١٢٣٤٥٦", "0x1234", "1e5000", "\ud800" * 6),
    ],
)
def test_what_the_device_cannot_show_is_refused_and_costs_no_try(text: str) -> None:
    here, at = desk(), now()

    with pytest.raises(MalformedCode):
        verifier(at=at).check(here.asks(text))

    assert (tries(here), counter(here).failures, DeskTries.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(("once", "staff_no"), [("1", "E1"), ("", "E1"), ("{}", ""), ("{}", "E1\n"), ("{}", "한글")])
def test_a_question_without_request_number_or_staff_is_refused(once: str, staff_no: str) -> None:
    here, at = desk(), now()
    asked = here.asks(here.code(at))
    strange = type(asked)(asked.device, asked.subject, asked.code, once.format(uuid.uuid4()), staff_no)

    with pytest.raises(CheckRefused):
        verifier(at=at).check(strange)

    assert tries(here) == 0


def test_an_expired_device_is_told_so_and_no_try_is_spent() -> None:
    here, at = desk(), now()
    today = timezone.localdate(at)
    Device.objects.filter(pk=here.device.pk).update(valid_from=today - timedelta(days=9), valid_until=today)
    on_the_last_day = verifier(at=at).check(here.asks(here.wrong(at)))
    Device.objects.filter(pk=here.device.pk).update(valid_until=today - timedelta(days=1))

    after = verifier(at=at).check(here.asks(here.code(at)))

    assert (on_the_last_day.outcome, after) == (Outcome.WRONG, Verdict(Outcome.EXPIRED, None, 2))
    assert tries(here) == 1


def test_the_tenth_wrong_code_in_a_row_locks_and_leaves_an_entry_and_a_right_one_is_too_late() -> None:
    here, at = desk(), now()
    Counter.objects.filter(device=here.device).update(failures=9)

    tenth = verifier(at=at).check(here.asks(here.wrong(at)))
    late = verifier(at=at).check(here.asks(here.code(at)))

    (entry,) = AuditRow.objects.filter(action="device.tries_used_up")
    assert (tenth, late) == (Verdict(Outcome.WRONG, None, 0), Verdict(Outcome.LOCKED, None, 0))
    assert entry.subjects == [["Device", here.device.ref]]
    assert entry.facts == {"asked_by": here.staff_no, "state": "RESERVED"}
    assert entry.staff_no == "system:verifier"
    assert tries(here) == 1


def test_a_right_code_ends_a_row_of_wrong_ones() -> None:
    here, at = desk(), now()
    Counter.objects.filter(device=here.device).update(failures=9)

    assert verifier(at=at).check(here.asks(here.code(at))).outcome is Outcome.MATCH
    assert counter(here).failures == 0


def test_a_device_in_a_customers_hand_becomes_locked() -> None:
    here, at = desk(), now()
    here.device.move(DeviceStep.REGISTER, voucher(at), registered_at=at, till=None)

    records.lock(here.device.pk, asked_by=here.staff_no, at=at)

    here.device.refresh_from_db()
    assert here.device.state == DeviceState.LOCKED


def test_only_the_reserved_device_of_an_approved_case_is_looked_at() -> None:
    here, other, returned, taken = desks(4)
    at = now()
    returned.case.take(CaseStep.LAPSE)
    taken.device.move(DeviceStep.REGISTER, voucher(at), registered_at=at, till=None)
    questions = [
        here.asks(here.code(at), case=other.case.pk),
        here.asks(here.code(at), case=uuid.uuid4()),
        returned.asks(returned.code(at)),
        taken.asks(taken.code(at)),
        type(here.asks(""))(uuid.uuid4(), here.case.pk, "123456", str(uuid.uuid4()), here.staff_no),
    ]

    for question in questions:
        with pytest.raises(NothingToCheck):
            verifier(at=at).check(question)

    assert (CodeCheck.objects.count(), DeskTries.objects.count()) == (0, 0)
    assert set(Counter.objects.values_list("failures", flat=True)) == {0}


@pytest.mark.parametrize("sign", [-1, 1])
def test_nothing_is_accepted_and_nothing_spent_while_the_clocks_disagree(sign: int, strict_clocks: float) -> None:
    # behind the database the test's own running time adds to the difference, before it that much is to spare
    here, at = desk(), now() + sign * timedelta(seconds=strict_clocks + 10 * (sign > 0) + 0.1)

    with pytest.raises(ClocksDisagree):
        verifier(at=at).check(here.asks(here.code(at)))

    assert tries(here) == 0


def test_a_match_stands_until_it_is_used_or_fifteen_minutes_old_and_asking_costs_nothing() -> None:
    here, at = desk(), now()
    verdict = verifier(at=at).check(here.asks(here.code(at)))
    of = {"device": here.device.pk, "subject": here.case.pk}
    later = at + POLICY.verification_valid_for + timedelta(seconds=30)

    fresh, stale = verifier(at=at).standing(**of), verifier(at=later).standing(**of)
    CodeCheck.objects.update(consumed_at=at)
    used = verifier(at=at).standing(**of)

    assert (fresh, stale, used) == (verdict, None, None)
    assert DeskTries.objects.get().claimed == 1


def test_the_code_is_kept_nowhere() -> None:
    here, at = desk(), now()
    code = here.wrong(at)
    Counter.objects.filter(device=here.device).update(failures=9)

    verifier(at=at).check(here.asks(code))

    kept = [str(vars(row)) for row in (*CodeCheck.objects.all(), *AuditEntry.objects.all())]
    assert [text for text in kept if f"'{code}'" in text or f'"{code}"' in text] == []


def test_the_state_named_in_the_statement_is_the_state_of_an_approved_case() -> None:
    assert f"c.state = '{CaseState.APPROVED}'" in SUBJECTS[Purpose.FIRST_CODE].is_open
    assert {each.value for each in CheckOutcome} - {each.value for each in Outcome} == {"PENDING"}
