"""What must reach the outside: committed with the data it is about, done when its effect is recorded."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import F, Q
from psycopg.types.json import Jsonb

from nh_otp.policy import POLICY

LONGEST_WAIT = timedelta(minutes=10)


class OutboxMessage(models.Model):
    """One message to one outside system. Celery carries its id and nothing else.

    Messages of one lane (a device, a case) leave strictly in the order they were committed in;
    the order is a column the database fills, `position`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField("작업", max_length=80)
    lane = models.CharField("줄", max_length=60, blank=True)
    urgent = models.BooleanField("먼저", default=False)
    content = models.JSONField("내용")
    enqueued_at = models.DateTimeField("등록 시각")
    available_at = models.DateTimeField("보낼 수 있는 시각")
    claimed_until = models.DateTimeField("임차 기한", null=True)
    attempts = models.PositiveSmallIntegerField("시도", default=0)
    last_error = models.CharField("마지막 오류", max_length=80, default="", blank=True)
    done_at = models.DateTimeField("반영 시각", null=True)
    dead_at = models.DateTimeField("중단 시각", null=True)

    class Meta:
        db_table = "outbox_message"
        verbose_name = "발신 메시지"
        indexes = [
            models.Index(fields=["available_at"], name="outbox_waiting", condition=Q(done_at=None, dead_at=None)),
            models.Index(fields=["lane"], name="outbox_lane_waiting", condition=Q(done_at=None)),
        ]


class Leased(NamedTuple):
    """A message a relay may hand to a worker until the lease ends."""

    id: uuid.UUID
    task: str


class Draft(NamedTuple):
    """A message to be enqueued: the task that will carry it, its lane and what it is about."""

    task: str
    lane: str
    content: dict[str, str]
    urgent: bool = False


ENQUEUE = """
INSERT INTO outbox_message (id, task, lane, urgent, content, enqueued_at, available_at, attempts, last_error) VALUES
"""


def enqueue(*drafts: Draft, at: datetime) -> None:
    """Commit messages together with the data they are about; all in one statement."""
    if not drafts:
        return
    row = "(%s, %s, %s, %s, %s, %s, %s, 0, '')"
    values: list[Any] = []
    for d in drafts:
        values += [uuid.uuid4(), d.task, d.lane, d.urgent, Jsonb(d.content), at, at]
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE + ", ".join([row] * len(drafts)), values)


LEASE = """
WITH due AS MATERIALIZED (
  SELECT id FROM outbox_message AS m
  WHERE done_at IS NULL AND dead_at IS NULL AND available_at <= %(at)s
    AND (claimed_until IS NULL OR claimed_until < %(at)s)
    AND (lane = '' OR NOT EXISTS (
      SELECT 1 FROM outbox_message AS before
      WHERE before.lane = m.lane AND before.done_at IS NULL AND before.position < m.position))
  ORDER BY urgent DESC, position LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE outbox_message AS m SET claimed_until = %(until)s, attempts = attempts + 1
  FROM due WHERE m.id = due.id RETURNING m.id, m.task, m.urgent, m.position
)
SELECT id, task FROM taken ORDER BY urgent DESC, position
"""


def lease(*, at: datetime, limit: int = 50) -> Sequence[Leased]:
    """Take messages nobody holds, urgent ones first, the head of each lane only; several relays may run at once."""
    with connection.cursor() as cursor:
        cursor.execute(LEASE, {"at": at, "until": at + POLICY.outbox_lease, "limit": limit})
        return [Leased(*row) for row in cursor.fetchall()]


def waiting(message_id: uuid.UUID) -> OutboxMessage | None:
    """The message, unless its effect is recorded or it was put aside."""
    return OutboxMessage.objects.filter(id=message_id, done_at=None, dead_at=None).first()


def settle(message_id: uuid.UUID, *, at: datetime) -> bool:
    """Mark the effect as recorded, in the recording transaction; False when a twin did it before."""
    return OutboxMessage.objects.filter(id=message_id, done_at=None).update(done_at=at) == 1


def postpone(message: OutboxMessage, *, error: str, at: datetime, jitter: random.Random) -> None:
    """Try again later, doubling the wait; after the last attempt put it aside for a person to look at."""
    last = message.attempts >= POLICY.outbox_attempts
    wait = min(timedelta(seconds=2 ** min(message.attempts, 10)), LONGEST_WAIT) * jitter.uniform(0.8, 1.2)
    OutboxMessage.objects.filter(id=message.id, done_at=None).update(
        claimed_until=None, available_at=at + wait, last_error=error[:80], dead_at=at if last else None
    )


def count_waiting(lane: str) -> int:
    """How many messages of a lane the outside has not acknowledged."""
    return OutboxMessage.objects.filter(lane=lane, done_at=None).count()


def revive(message_id: uuid.UUID, *, at: datetime) -> bool:
    """Send a message that was put aside once more."""
    return (
        OutboxMessage.objects.filter(id=message_id, done_at=None)
        .exclude(dead_at=None)
        .update(dead_at=None, available_at=at, attempts=F("attempts") * 0)
        == 1
    )
