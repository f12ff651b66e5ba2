"""What codes are asked for, and the statement that claims a try for each purpose; product.md 7 and 8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from nh_otp.gateways.otp_verifier import Purpose


@dataclass(frozen=True, slots=True)
class Subject:
    """What a code is asked for: where its row is, when it may be checked, and what a question costs.

    `bounded`: ten failures in a row end it. A locked device stands at ten already: there the tries of the service
    bound it, also for two codes at once, and no failure is counted.
    """

    table: str
    column: str
    is_open: str
    bounded: bool = True


# The states of cases live upstairs, in `branches`.
SUBJECTS: Final[Mapping[Purpose, Subject]] = {
    Purpose.FIRST_CODE: Subject(
        "reissue_case", "case_id", "d.state = 'RESERVED' AND c.state = 'APPROVED' AND c.new_device_id = d.id"
    ),
    Purpose.RESYNC: Subject(
        "device_service",
        "service_id",
        "d.state = 'IN_USE' AND c.kind = 'RESYNC' AND c.state = 'OPEN' AND c.device_id = d.id",
    ),
    Purpose.UNLOCK: Subject(
        "device_service",
        "service_id",
        "d.state = 'LOCKED' AND c.kind = 'UNLOCK' AND c.state = 'OPEN' AND c.device_id = d.id",
        bounded=False,
    ),
}

# One statement, so one snapshot and one commit. `asked` reads what can be known beforehand and spends nothing.
# Each following part writes only what the one before it wrote, so no count ever runs ahead of another; the row locks
# of `tried` and `counted` make the budgets exact, and what two racing claims could still break (ten in a row, one
# answer per request) breaks a constraint, which undoes the whole statement: see `claim`.
CLAIM: Final = """
WITH asked AS MATERIALIZED (
  SELECT d.serial, d.valid_until, p.algorithm, p.digits, p.period, s.sealed, s.row_version, s.lot_id, l.wrapped_key,
         k.last_step, k.correction, k.drift, k.failures,
         coalesce(t.claimed, 0) AS claimed, coalesce(t.granted, %(grant)s) AS granted,
         o.id AS earlier, o.device_id AS earlier_device, o.subject AS earlier_subject, o.outcome AS earlier_outcome,
         o.shift AS earlier_shift, {is_open} AS is_open,
         abs(extract(epoch FROM clock_timestamp() - %(at)s)) <= %(clock_difference)s AS clocks_agree
  FROM device d
  JOIN product p ON p.id = d.product_id
  JOIN seed s ON s.device_id = d.id
  JOIN seed_lot l ON l.id = s.lot_id
  JOIN code_counter k ON k.device_id = d.id
  JOIN {table} c ON c.id = %(subject)s
  LEFT JOIN desk_tries t ON t.device_id = d.id AND t.subject = c.id
  LEFT JOIN code_check o ON o.once = %(once)s
  WHERE d.id = %(device)s
), tried AS (
  {tried}
), counted AS (
  UPDATE code_counter k SET failures = k.failures + {failure} FROM tried WHERE k.device_id = %(device)s
  RETURNING k.last_step, k.correction, k.drift, k.failures
), checked AS (
  INSERT INTO code_check (id, device_id, {column}, once, outcome, claimed_at)
  SELECT %(id)s, %(device)s, %(subject)s, %(once)s, %(pending)s, clock_timestamp() FROM counted
  RETURNING id
)
SELECT serial, valid_until, algorithm, digits, period, sealed, row_version, lot_id, wrapped_key,
       coalesce(counted.last_step, asked.last_step), coalesce(counted.correction, asked.correction),
       coalesce(counted.drift, asked.drift),
       coalesce(counted.failures, asked.failures), coalesce(tried.claimed, asked.claimed),
       coalesce(tried.granted, asked.granted), checked.id IS NOT NULL, coalesce(checked.id, earlier),
       earlier_device, earlier_subject, earlier_outcome, earlier_shift, is_open, clocks_agree
FROM asked LEFT JOIN (tried CROSS JOIN counted CROSS JOIN checked) ON true
"""
MAY: Final = (
    "is_open AND clocks_agree AND earlier IS NULL AND digits = %(digits)s AND valid_until >= %(today)s AND {unlocked}"
)
SPENDS: Final = """INSERT INTO desk_tries AS t (device_id, {column}, claimed, granted)
  SELECT %(device)s, %(subject)s, 1, %(grant)s FROM asked WHERE {may} AND claimed < granted
  ON CONFLICT (device_id, subject) DO UPDATE SET claimed = t.claimed + 1 WHERE t.claimed < t.granted
  RETURNING claimed, granted"""
COSTS_NOTHING: Final = "SELECT claimed, granted FROM asked WHERE {may}"


@cache
def claim_sql(purpose: Purpose, *, pair: bool) -> str:
    """The claim for a purpose; two codes at once cost no try at the desk where ten in a row bound them."""
    subject = SUBJECTS[purpose]
    tried = COSTS_NOTHING if pair and subject.bounded else SPENDS
    may = MAY.format(unlocked="failures < %(consecutive)s" if subject.bounded else "true")
    return CLAIM.format(
        table=subject.table,
        column=subject.column,
        is_open=subject.is_open,
        tried=tried.format(column=subject.column, may=may),
        failure=int(subject.bounded),
    )
