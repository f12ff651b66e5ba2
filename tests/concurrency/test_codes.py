"""One code, many at once: what parallel transactions may never get out of the verifier."""

from __future__ import annotations

import time
import uuid
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.models import Count
from django.utils import timezone

from devices.models import CheckOutcome, CodeCheck, Counter, DeskTries
from devices.verifier import claims
from nh_otp.gateways.otp_verifier import CodeCheck as Question
from nh_otp.gateways.otp_verifier import Outcome, Purpose, Verdict
from nh_otp.launcher import roles
from nh_otp.policy import POLICY
from tests.databases import Clone, race
from tests.devices.verifier.desk import Desk, desk, desks, verifier
from tests.pg_plugin import cluster

T = TypeVar("T")
CONNECTIONS = 64
SENT = 10_000
GUESSES = 2_000


def from_everywhere(calls: Sequence[Callable[[], T]]) -> list[T]:
    """All calls, spread over 64 threads that keep their connection."""

    def share(first: int) -> list[T]:
        return [call() for call in calls[first::CONNECTIONS]]

    with alone():
        shares = race(*(partial(share, first) for first in range(CONNECTIONS)))
    broken = [answer for answer in shares if isinstance(answer, BaseException)]
    assert broken == []
    return [answer for answers in shares if isinstance(answers, list) for answer in answers]


@contextmanager
def alone() -> Iterator[None]:
    """One such crowd at a time: the server of a test session has room for a hundred connections."""
    with cluster().admin() as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [CONNECTIONS])
        yield


def asked(questions: Sequence[Question]) -> list[Verdict]:
    checking = verifier()
    return from_everywhere([partial(checking.check, question) for question in questions])


def step(at: datetime) -> int:
    return int(at.timestamp()) // 60


def test_the_right_code_sent_ten_thousand_times_is_accepted_once_per_device(clone: Clone) -> None:
    ten, at = desks(10), timezone.now()
    questions = [here.asks(here.code(at)) for here in ten for _ in range(SENT // 10)]
    # neighbours in time ask for different devices, as tellers do
    questions = [questions[n % 10 * (SENT // 10) + n // 10] for n in range(SENT)]

    with clone.acting_as(roles.VERIFIER):
        verdicts = asked(questions)

    assert len(verdicts) == SENT
    assert Tally(verdict.outcome for verdict in verdicts)[Outcome.MATCH] == 10
    matches = CodeCheck.objects.filter(outcome=CheckOutcome.MATCH)
    assert set(matches.values_list("device", flat=True)) == {here.device.pk for here in ten}
    claimed = CodeCheck.objects.values("device").annotate(claimed=Count("pk")).values_list("claimed", flat=True)
    assert list(claimed) == [POLICY.desk_tries] * 10


def test_of_ten_thousand_tries_granted_and_found_right_one_per_device_consumes_the_step(clone: Clone) -> None:
    ten, at = desks(10), timezone.now()
    claimed = CodeCheck.objects.bulk_create(
        CodeCheck(device=ten[n % 10].device, case=ten[n % 10].case, once=uuid.uuid4(), claimed_at=at)
        for n in range(SENT)
    )

    found = claims.Found(CheckOutcome.MATCH, step(at))

    def consume(check: CodeCheck) -> tuple[uuid.UUID, CheckOutcome]:
        return check.device_id, claims.consume(check.pk, found, device=check.device_id)

    with clone.acting_as(roles.VERIFIER):
        answers = from_everywhere([partial(consume, check) for check in claimed])

    assert Tally(outcome for _, outcome in answers) == {CheckOutcome.MATCH: 10, CheckOutcome.REUSED: SENT - 10}
    assert len({device for device, outcome in answers if outcome is CheckOutcome.MATCH}) == 10
    recorded = CodeCheck.objects.filter(outcome=CheckOutcome.MATCH).values_list("device", "step")
    assert sorted(recorded) == sorted((here.device.pk, step(at)) for here in ten)


def test_of_two_thousand_parallel_guesses_three_are_evaluated(clone: Clone) -> None:
    here, at = desk(), timezone.now()
    wrong = here.wrong(at)

    with clone.acting_as(roles.VERIFIER):
        verdicts = asked([here.asks(wrong) for _ in range(GUESSES)])

    told = Tally(verdict.outcome for verdict in verdicts)
    assert told == {Outcome.WRONG: 3, Outcome.TRIES_USED: GUESSES - 3}
    assert (CodeCheck.objects.count(), DeskTries.objects.get().claimed, Counter.objects.get().failures) == (3, 3, 3)


def test_of_two_thousand_parallel_guesses_ten_are_evaluated_whatever_was_granted(clone: Clone) -> None:
    here, at = desk(), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE desk_tries DROP CONSTRAINT desk_tries_granted_once_more")
    DeskTries.objects.create(device=here.device, case=here.case, granted=GUESSES)
    wrong = here.wrong(at)

    with clone.acting_as(roles.VERIFIER):
        verdicts = asked([here.asks(wrong) for _ in range(GUESSES)])

    told = Tally(verdict.outcome for verdict in verdicts)
    assert told == {Outcome.WRONG: 10, Outcome.LOCKED: GUESSES - 10}
    assert (CodeCheck.objects.count(), DeskTries.objects.get().claimed, Counter.objects.get().failures) == (10, 10, 10)


def test_one_request_sent_from_everywhere_at_once_spends_one_try_and_has_one_answer(clone: Clone) -> None:
    here, at = desk(), timezone.now()
    question = here.asks(here.code(at))

    with clone.acting_as(roles.VERIFIER):
        verdicts = asked([question] * CONNECTIONS)

    (check,) = CodeCheck.objects.all()
    assert set(verdicts) == {Verdict(Outcome.MATCH, check.pk, 2)}
    assert DeskTries.objects.get().claimed == 1


def somebody_waits(clone: Clone) -> bool:
    with psycopg.connect(clone.url(roles.OWNER)) as watching:
        row = watching.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return row != (0,)


def claimed(here: Desk, once: uuid.UUID, at: datetime) -> claims.Claim | None:
    asked = claims.Asked(Purpose.FIRST_CODE, here.device.pk, here.case.pk, once, 6, pair=False)
    return claims.claim(asked, at=at, today=timezone.localdate(at))


@pytest.mark.parametrize("twin", [True, False])
def test_a_claim_that_waited_for_another_is_undone_when_that_one_took_the_last_try_or_asked_the_same(
    clone: Clone, twin: bool
) -> None:
    here, at, once = desk(), timezone.now(), uuid.uuid4()
    Counter.objects.update(failures=0 if twin else POLICY.consecutive_tries - 1)

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            first = claimed(here, once, at)
            waiting = other.submit(claimed, here, once if twin else uuid.uuid4(), at)
            ends = time.monotonic() + 10
            while not somebody_waits(clone) and time.monotonic() < ends:
                time.sleep(0.01)
        second = waiting.result(10)
        other.submit(connections.close_all).result(10)

    assert first is not None and second is not None
    assert (first.is_ours, second.is_ours) == (True, False)
    assert second.check == (first.check if twin else None)
    assert (CodeCheck.objects.count(), DeskTries.objects.get().claimed) == (1, 1)
    assert Counter.objects.get().failures == first.failures
