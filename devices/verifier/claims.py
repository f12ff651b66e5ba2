"""The two statements of a check: claim a try before looking, consume a step while looking. Each commits by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection

from devices.models import CheckOutcome
from devices.verifier.purposes import SUBJECTS, claim_sql
from nh_otp.gateways.otp_verifier import Purpose
from nh_otp.policy import POLICY

# The step and the outcome in one statement: of any number of parallel uses one finds `last_step` still behind it.
CONSUME: Final = """
WITH consumed AS (
  UPDATE code_counter SET last_step = %(step)s, correction = %(correction)s, drift = %(drift)s,
    failures = CASE WHEN %(forgives)s THEN 0 ELSE failures END
  WHERE device_id = %(device)s AND last_step < %(step)s
  RETURNING last_step
)
UPDATE code_check
SET step = (SELECT last_step FROM consumed), shift = %(shift)s,
    outcome = CASE WHEN EXISTS (SELECT FROM consumed) THEN %(match)s ELSE %(reused)s END
WHERE id = %(id)s
RETURNING outcome
"""

SETTLE: Final = "UPDATE code_check SET outcome = %(outcome)s WHERE id = %(id)s RETURNING outcome"

ONLY_WHEN_ASKED: Final = 2**31


@dataclass(frozen=True, slots=True)
class Claim:
    """What the database knows about a question, and whether a try was spent on it just now (`is_ours`)."""

    serial: str
    valid_until: date
    algorithm: str
    digits: int
    period: int
    sealed: bytes
    row_version: int
    lot: UUID
    wrapped_key: bytes
    last_step: int
    correction: int
    drift: int
    failures: int
    claimed: int
    granted: int
    is_ours: bool
    check: UUID | None
    earlier_device: UUID | None
    earlier_subject: UUID | None
    earlier_outcome: str | None
    earlier_shift: int | None
    is_open: bool
    clocks_agree: bool

    @property
    def centre(self) -> int:
        """Where the device's clock is expected, in steps from true time."""
        return self.correction + self.drift


class Asked(NamedTuple):
    """A question on its way to the database: no code, only how many digits it has."""

    purpose: Purpose
    device: UUID
    subject: UUID
    once: UUID
    digits: int
    pair: bool

    def tries_left(self, claim: Claim) -> int:
        """Tries at the desk, or until the device locks, whichever ends first."""
        at_the_desk = claim.granted - claim.claimed
        if not SUBJECTS[self.purpose].bounded:
            return max(0, at_the_desk)
        return max(0, min(at_the_desk, POLICY.consecutive_tries - claim.failures))

    def locks(self, claim: Claim) -> bool:
        """Whether ten in a row have been reached where they count."""
        return SUBJECTS[self.purpose].bounded and claim.failures >= POLICY.consecutive_tries


class Found(NamedTuple):
    """What a code turned out to be; step, correction, drift and shift are to be consumed when it may count."""

    outcome: CheckOutcome
    step: int = 0
    correction: int = 0
    drift: int = 0
    shift: int | None = None


def claim(asked: Asked, *, at: datetime, today: date) -> Claim | None:
    """Spend a try if every condition holds, else spend nothing; None for a device or subject that is unknown.

    A claim that lost a race is undone by a constraint and asked again, when the reason is there to be read.
    """
    values = {
        **LIMITS,
        "device": asked.device,
        "subject": asked.subject,
        "once": asked.once,
        "digits": asked.digits,
        "at": at,
        "today": today,
        "id": uuid.uuid4(),
    }
    statement = claim_sql(asked.purpose, pair=asked.pair)
    try:
        row = _one(statement, values)
    except IntegrityError:
        row = _one(statement, values)
    return Claim(*row) if row else None


def consume(check: UUID, found: Found, *, device: UUID, forgives: bool = True) -> CheckOutcome:
    """Burn this step and everything before it: MATCH for exactly one caller, REUSED for all others.

    `forgives`: a right code ends a row of wrong ones, but a lock is undone by a decision only.
    """
    outcomes = {"match": CheckOutcome.MATCH.value, "reused": CheckOutcome.REUSED.value}
    clock = {"step": found.step, "correction": found.correction, "drift": found.drift, "shift": found.shift}
    return _outcome(_one(CONSUME, {"id": check, "device": device, "forgives": forgives, **clock, **outcomes}))


def settle(check: UUID, outcome: CheckOutcome) -> CheckOutcome:
    """Record the answer to a claimed try."""
    return _outcome(_one(SETTLE, {"id": check, "outcome": outcome.value}))


def _outcome(row: Sequence[Any] | None) -> CheckOutcome:
    if row is None:
        raise LookupError("a claimed check is gone")
    return CheckOutcome(row[0])


def _one(statement: str, values: Mapping[str, object]) -> Sequence[Any] | None:
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(_prepared(connection.connection)) as cursor:
        cursor.execute(statement, values, prepare=True)
        row: Sequence[Any] | None = cursor.fetchone()
        return row


def _prepared(raw: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """This connection, where planning the claim once saves most of what a check costs."""
    if raw.prepare_threshold is None:
        raw.prepare_threshold = ONLY_WHEN_ASKED
        # every look-up here is by key: a plan made while the tables were small must not scan them later
        raw.execute("SET enable_seqscan = off")
    return raw


LIMITS: Final[dict[str, object]] = {
    "pending": CheckOutcome.PENDING.value,
    "grant": POLICY.desk_tries,
    "consecutive": POLICY.consecutive_tries,
    "clock_difference": POLICY.clock_difference.total_seconds(),
}
