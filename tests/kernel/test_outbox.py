import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from nh_otp.outbox.models import (
    LONGEST_WAIT,
    Draft,
    Leased,
    OutboxMessage,
    count_waiting,
    enqueue,
    lease,
    postpone,
    revive,
    settle,
    waiting,
)
from nh_otp.policy import POLICY
from tests.databases import Clone, race

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
LATER = AT + POLICY.outbox_lease + timedelta(seconds=1)
JITTER = random.Random(1)


def written(*names: str, lane: str = "", urgent: bool = False) -> None:
    enqueue(*(Draft("test.task", lane, {"name": name}, urgent) for name in names), at=AT)


def names(leased: list[Leased]) -> list[str]:
    content = {row.id: row.content["name"] for row in OutboxMessage.objects.all()}
    return [content[message.id] for message in leased]


def taken(*, at: datetime = AT, limit: int = 50) -> list[str]:
    return names(list(lease(at=at, limit=limit)))


def message(name: str) -> OutboxMessage:
    return OutboxMessage.objects.get(content__name=name)


def test_messages_of_no_lane_leave_together_in_the_order_they_were_written(db: None) -> None:
    written("one", "two", "three")

    assert taken() == ["one", "two", "three"]


def test_of_a_lane_only_the_head_leaves(db: None) -> None:
    written("suspend", "retire", lane="device:1")
    written("register", lane="device:2")

    assert taken() == ["suspend", "register"]


def test_the_next_of_a_lane_leaves_when_the_effect_of_the_head_is_recorded(db: None) -> None:
    written("suspend", "retire", lane="device:1")
    taken()

    assert taken(at=LATER) == ["suspend"]
    settle(message("suspend").pk, at=LATER)

    assert taken(at=LATER) == ["retire"]


def test_the_urgent_leave_first(db: None) -> None:
    written("notice", "other")
    written("suspend", lane="device:1", urgent=True)

    assert taken(limit=2) == ["suspend", "notice"]
    assert taken() == ["other"]


def test_the_urgent_do_not_overtake_their_own_lane(db: None) -> None:
    written("register", lane="device:1")
    written("suspend", lane="device:1", urgent=True)

    assert taken() == ["register"]


def test_what_is_leased_is_not_leased_again_until_the_lease_lapses(db: None) -> None:
    written("one")

    assert taken() == ["one"]
    assert taken(at=AT + POLICY.outbox_lease) == []
    assert taken(at=LATER) == ["one"]
    assert message("one").attempts == 2


def test_what_is_recorded_never_leaves_again(db: None) -> None:
    written("one")
    taken()

    assert settle(message("one").pk, at=AT)

    assert taken(at=LATER) == []
    assert waiting(message("one").pk) is None


def test_an_effect_is_recorded_once(db: None) -> None:
    written("one")

    assert settle(message("one").pk, at=AT)
    assert not settle(message("one").pk, at=LATER)
    assert not settle(uuid4(), at=AT)
    assert message("one").done_at == AT


def test_what_was_rolled_back_never_leaves(db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        written("one")
        raise ZeroDivisionError

    assert taken() == []


def test_a_failed_message_waits_twice_as_long_each_time(db: None) -> None:
    written("one")
    waits = []
    for attempt in range(1, 5):
        OutboxMessage.objects.update(attempts=attempt)
        postpone(message("one"), error="unavailable", at=AT, jitter=JITTER)
        waits.append((message("one").available_at - AT).total_seconds())

    assert all(2**n * 0.8 <= wait <= 2**n * 1.2 for n, wait in enumerate(waits, 1))
    assert message("one").last_error == "unavailable"


def test_no_wait_is_longer_than_the_longest(db: None) -> None:
    written("one")
    OutboxMessage.objects.update(attempts=POLICY.outbox_attempts - 1)

    postpone(message("one"), error="unavailable", at=AT, jitter=JITTER)

    assert LONGEST_WAIT * 0.8 <= message("one").available_at - AT <= LONGEST_WAIT * 1.2
    assert taken(at=AT + LONGEST_WAIT * 0.7) == []
    assert taken(at=AT + LONGEST_WAIT * 1.3) == ["one"]


def test_after_the_last_attempt_a_message_is_put_aside_and_holds_its_lane(db: None) -> None:
    written("suspend", "retire", lane="device:1")
    OutboxMessage.objects.update(attempts=POLICY.outbox_attempts)

    postpone(message("suspend"), error="device.unknown", at=AT, jitter=JITTER)

    assert message("suspend").dead_at == AT
    assert waiting(message("suspend").pk) is None
    assert taken(at=AT + timedelta(days=1)) == []
    assert count_waiting("device:1") == 2


def test_a_message_put_aside_can_be_sent_again_from_the_first_attempt(db: None) -> None:
    written("suspend")
    assert not revive(message("suspend").pk, at=AT)
    OutboxMessage.objects.update(attempts=POLICY.outbox_attempts, dead_at=AT)

    assert revive(message("suspend").pk, at=LATER)

    assert taken(at=LATER) == ["suspend"]
    assert message("suspend").attempts == 1


def test_an_answer_that_comes_after_the_effect_postpones_nothing(db: None) -> None:
    written("one")
    late = message("one")
    settle(late.pk, at=AT)

    postpone(late, error="unavailable", at=LATER, jitter=JITTER)

    assert message("one").last_error == ""


def test_two_relays_at_one_moment_share_and_take_nothing_twice(clone: Clone) -> None:
    written(*[f"n{n}" for n in range(40)])
    for lane in range(20):
        written(f"head{lane}", f"next{lane}", lane=f"device:{lane}")

    answers = race(*[lambda: taken(limit=15)] * 4)

    sent = [name for answer in answers if isinstance(answer, list) for name in answer]
    assert len(sent) == len(set(sent)) <= 60
    assert not any(name.startswith("next") for name in sent)
    rest = taken(limit=100)
    assert sorted([*sent, *rest]) == sorted([f"n{n}" for n in range(40)] + [f"head{n}" for n in range(20)])
    assert set(OutboxMessage.objects.exclude(attempts=0).values_list("attempts", flat=True)) == {1}


def test_two_who_record_one_effect_do_it_once(clone: Clone) -> None:
    written("one")
    key = message("one").pk

    answers = race(*[lambda: settle(key, at=AT)] * 8)

    assert sorted(map(str, answers)) == ["False"] * 7 + ["True"]
