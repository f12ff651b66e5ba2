"""Hand committed messages to the queue, for as long as the process lives."""

from __future__ import annotations

import signal
import threading
from typing import Any

import structlog
from celery import Celery
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerDown

from nh_otp.outbox.models import lease

PAUSE = 0.2
"""Seconds between two looks when nothing waits."""
PAUSE_AFTER_FAULT = 2.0
FAULTS = (OperationalError, InterfaceError, BrokerDown, OSError)
"""A database or a queue that is away; a queue of files says so with OSError."""
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Hand committed outbox messages to the queue (run one or several)."

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        while not stopped.is_set():
            stopped.wait(self.turn())

    def queue(self) -> Celery:
        """The application that carries tasks; it lives in the roof, so settings name it."""
        app: Celery = import_string(settings.QUEUE)
        return app

    def turn(self) -> float:
        """Lease what waits and hand it over; return how long to pause. A broker that is down loses nothing."""
        try:
            leased = lease(at=timezone.now())
            for message in leased:
                self.queue().send_task(message.task, kwargs={"message_id": str(message.id)})
        except FAULTS as error:
            log.warning("relay.paused", error=type(error).__name__)
            connection.close()
            return PAUSE_AFTER_FAULT
        close_old_connections()
        return 0.0 if leased else PAUSE
