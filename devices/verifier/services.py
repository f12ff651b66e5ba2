"""Acting on a decision about a device in use: wrong codes forgotten, a clock set; product.md 8."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from devices.models import Device
from devices.states import ServiceKind
from devices.verifier.judgement import clock
from devices.verifier.records import VERIFIER
from devices.verifier.refusals import NotDecided
from nh_otp.audit.models import Outcome
from nh_otp.audit.trail import Trail

# The verifier believes no caller: it reads the decision itself, with the eyes of its own role.
DECIDED: Final = """
SELECT s.device_id, s.kind, c.id, c.shift, c.consumed_at IS NOT NULL
FROM device_service s
JOIN code_check c ON c.id = s.verification_id AND c.service_id = s.id AND c.device_id = s.device_id
WHERE s.id = %(service)s AND s.state IN ('APPROVED', 'DONE') AND c.outcome = 'MATCH'
  AND EXISTS (
    SELECT FROM approval a WHERE a.subject = s.id AND a.state = 'APPROVED'
      AND a.kind = CASE s.kind WHEN 'UNLOCK' THEN 'UNLOCK' ELSE 'WIDE_RESYNC' END
  )
"""
USE: Final = "UPDATE code_check SET consumed_at = %(at)s WHERE id = %(check)s AND consumed_at IS NULL RETURNING id"
FORGET: Final = "UPDATE code_counter SET failures = 0 WHERE device_id = %(device)s"
SET_CLOCK: Final = "UPDATE code_counter SET correction = %(correction)s, drift = %(drift)s WHERE device_id = %(device)s"


class Decided(NamedTuple):
    """A service somebody approved, and the verification it was approved on."""

    device: UUID
    kind: str
    check: UUID
    shift: int | None
    is_settled: bool


def settle(service: UUID, *, at: datetime) -> None:
    """Do what was decided, once however often it is asked. Raises NotDecided, and changes nothing."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(DECIDED, {"service": service})
        row = cursor.fetchone()
        if row is None:
            raise NotDecided()
        decided = Decided(*row)
        cursor.execute(USE, {"at": at, "check": decided.check})
        if cursor.fetchone() is None:
            return
        _apply(decided)
        trail = Trail("counter.settled", ("kind", "shift"), at=at)
        trail.about(Device(pk=decided.device), kind=decided.kind, shift=decided.shift)
        trail.file(by=VERIFIER, outcome=Outcome.DONE)


def _apply(decided: Decided) -> None:
    with connection.cursor() as cursor:
        if decided.kind == ServiceKind.UNLOCK:
            cursor.execute(FORGET, {"device": decided.device})
        if decided.shift is not None:
            correction, drift = clock(decided.shift)
            cursor.execute(SET_CLOCK, {"device": decided.device, "correction": correction, "drift": drift})
