"""The relay hands over what is committed; a broker or a database that is down loses nothing."""

import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from nh_otp.celery import app
from nh_otp.outbox.management.commands.relay import PAUSE, PAUSE_AFTER_FAULT, Command
from nh_otp.outbox.models import Draft, OutboxMessage, enqueue, lease
from nh_otp.policy import POLICY
from tests.databases import Clone


class Broker:
    """A queue that remembers what it was given, or is down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.fault: Exception | None = None
        self.told: Callable[[], None] = lambda: None

    def send_task(self, name: str, *, kwargs: dict[str, Any]) -> None:
        if self.fault:
            raise self.fault
        self.sent.append((name, kwargs))
        self.told()


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    queue = Broker()
    monkeypatch.setattr(app, "send_task", queue.send_task)
    return queue


@pytest.fixture
def message(db: None) -> OutboxMessage:
    enqueue(Draft("test.task", "", {"device": "1"}), at=timezone.now())
    return OutboxMessage.objects.get()


def test_a_turn_hands_over_the_id_and_nothing_else(broker: Broker, message: OutboxMessage) -> None:
    assert Command().turn() == 0.0

    assert broker.sent == [("test.task", {"message_id": str(message.pk)})]


def test_when_nothing_waits_the_relay_pauses(broker: Broker, db: None) -> None:
    assert Command().turn() == PAUSE

    assert broker.sent == []


@pytest.mark.parametrize("fault", [BrokerDown(), FileNotFoundError("broker")])
def test_a_broker_that_is_down_loses_nothing(broker: Broker, clone: Clone, fault: Exception) -> None:
    enqueue(Draft("test.task", "", {"device": "1"}), at=timezone.now())
    broker.fault = fault

    assert Command().turn() == PAUSE_AFTER_FAULT

    message = OutboxMessage.objects.get()
    assert (message.done_at, message.dead_at) == (None, None)
    assert [leased.id for leased in lease(at=timezone.now() + POLICY.outbox_lease * 2)] == [message.pk]


def test_a_relay_that_is_told_to_stop_stops(broker: Broker, clone: Clone) -> None:
    enqueue(Draft("test.task", "", {"device": "1"}), at=timezone.now())
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    broker.told = lambda: signal.raise_signal(signal.SIGTERM)

    try:
        call_command("relay")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert len(broker.sent) == 1
