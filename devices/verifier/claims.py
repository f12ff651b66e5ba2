"""The two statements of a check: claim a try before looking, consume a step while looking. Each commits by itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import psycopg
from django.db import IntegrityError, connection

from devices.models import CheckOutcome
from devices.states import DeviceState
from nh_otp.policy import POLICY

# One statement, so one snapshot and one commit. `asked` reads what can be known beforehand and spends nothing.
# Each following part writes only what the one before it wrote, so no count ever runs ahead of another; the row locks
# of `tried` and `counted` make the budgets exact, and what two racing claims could still break (ten in a row, one
# answer per request) breaks a constraint, which undoes the whole statement: see `claim`.
CLAIM: Final = """
WITH asked AS MATERIALIZED (
  SELECT d.serial, d.valid_until, p.algorithm, p.digits, p.period, s.sealed, s.row_version, s.lot_id, l.wrapped_key,
         k.last_step, k.drift, k.failures, coalesce(t.claimed, 0) AS claimed, coalesce(t.granted, %(grant)s) AS granted,
         o.id AS earlier, o.device_id AS earlier_device, o.case_id AS earlier_case, o.outcome AS earlier_outcome,
         d.state = %(reserved)s AND c.state = %(approved)s AND c.new_device_id = d.id AS is_open,
         abs(extract(epoch FROM clock_timestamp() - %(at)s)) <= %(clock_difference)s AS clocks_agree
  FROM device d
  JOIN product p ON p.id = d.product_id
  JOIN seed s ON s.device_id = d.id
  JOIN seed_lot l ON l.id = s.lot_id
  JOIN code_counter k ON k.device_id = d.id
  JOIN reissue_case c ON c.id = %(case)s
  LEFT JOIN desk_tries t ON t.device_id = d.id AND t.case_id = c.id
  LEFT JOIN code_check o ON o.once = %(once)s
  WHERE d.id = %(device)s
), tried AS (
  INSERT INTO desk_tries AS t (device_id, case_id, claimed, granted)
  SELECT %(device)s, %(case)s, 1, %(grant)s FROM asked
  WHERE is_open AND clocks_agree AND earlier IS NULL AND digits = %(digits)s AND valid_until >= %(today)s
    AND failures < %(consecutive)s AND claimed < granted
  ON CONFLICT (device_id, case_id) DO UPDATE SET claimed = t.claimed + 1 WHERE t.claimed < t.granted
  RETURNING claimed, granted
), counted AS (
  UPDATE code_counter k SET failures = k.failures + 1 FROM tried WHERE k.device_id = %(device)s
  RETURNING k.last_step, k.drift, k.failures
), checked AS (
  INSERT INTO code_check (id, device_id, case_id, once, outcome, claimed_at)
  SELECT %(id)s, %(device)s, %(case)s, %(once)s, %(pending)s, clock_timestamp() FROM counted
  RETURNING id
)
SELECT serial, valid_until, algorithm, digits, period, sealed, row_version, lot_id, wrapped_key,
       coalesce(counted.last_step, asked.last_step), coalesce(counted.drift, asked.drift),
       coalesce(counted.failures, asked.failures), coalesce(tried.claimed, asked.claimed),
       coalesce(tried.granted, asked.granted), checked.id IS NOT NULL, coalesce(checked.id, earlier),
       earlier_device, earlier_case, earlier_outcome, is_open, clocks_agree
FROM asked LEFT JOIN (tried CROSS JOIN counted CROSS JOIN checked) ON true
"""

# The step and the outcome in one statement: of any number of parallel uses one finds `last_step` still behind it.
CONSUME: Final = """
WITH consumed AS (
  UPDATE code_counter SET last_step = %(step)s, drift = %(drift)s, failures = 0
  WHERE device_id = %(device)s AND last_step < %(step)s
  RETURNING last_step
)
UPDATE code_check
SET step = (SELECT last_step FROM consumed),
    outcome = CASE WHEN EXISTS (SELECT FROM consumed) THEN %(match)s ELSE %(reused)s END
WHERE id = %(id)s
RETURNING outcome
"""

SETTLE: Final = "UPDATE code_check SET outcome = %(outcome)s WHERE id = %(id)s RETURNING outcome"

ONLY_WHEN_ASKED: Final = 2**31
APPROVED: Final = "APPROVED"
"""The state of a case whose first code may be checked; the states of cases live upstairs, in `branches`."""


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
    drift: int
    failures: int
    claimed: int
    granted: int
    is_ours: bool
    check: UUID | None
    earlier_device: UUID | None
    earlier_case: UUID | None
    earlier_outcome: str | None
    is_open: bool
    clocks_agree: bool

    @property
    def tries_left(self) -> int:
        """Tries at the desk, or until the device locks, whichever ends first."""
        return max(0, min(self.granted - self.claimed, POLICY.consecutive_tries - self.failures))


def claim(*, device: UUID, case: UUID, once: UUID, digits: int, at: datetime, today: date) -> Claim | None:
    """Spend a try if every condition holds, else spend nothing; None for a device or case that is unknown.

    A claim that lost a race is undone by a constraint and asked again, when the reason is there to be read.
    """
    values = {
        **LIMITS,
        "device": device,
        "case": case,
        "once": once,
        "digits": digits,
        "at": at,
        "today": today,
        "id": uuid.uuid4(),
    }
    try:
        row = _one(CLAIM, values)
    except IntegrityError:
        row = _one(CLAIM, values)
    return Claim(*row) if row else None


def consume(check: UUID, *, device: UUID, step: int, drift: int) -> CheckOutcome:
    """Burn this step and everything before it: MATCH for exactly one caller, REUSED for all others."""
    outcomes = {"match": CheckOutcome.MATCH.value, "reused": CheckOutcome.REUSED.value}
    row = _one(CONSUME, {"id": check, "device": device, "step": step, "drift": drift, **outcomes})
    return _outcome(row)


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
    "reserved": DeviceState.RESERVED.value,
    "approved": APPROVED,
    "pending": CheckOutcome.PENDING.value,
    "grant": POLICY.desk_tries,
    "consecutive": POLICY.consecutive_tries,
    "clock_difference": POLICY.clock_difference.total_seconds(),
}
