"""Rows of the counter home (1000)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from branches.queries.rows.case import CaseRow
from nh_otp.shown import Status


@dataclass(frozen=True, slots=True)
class Today:
    """The three personal numbers; None while there is nothing to measure."""

    completed: int
    average_seconds: int | None = None
    first_code_percent: int | None = None

    @property
    def average_minutes(self) -> int:
        return (self.average_seconds or 0) // 60

    @property
    def average_rest(self) -> int:
        return (self.average_seconds or 0) % 60


@dataclass(frozen=True, slots=True)
class IntakeRow:
    ref: UUID
    received_at: datetime
    channel: str
    icon: str  # "tel" or "app"
    name: str
    reason: str
    device: Status
    visit: str


@dataclass(frozen=True, slots=True)
class TillRow:
    kind: str
    in_till: int
    in_branch: int
    percent: int  # of the till's usual stock
    short: bool


@dataclass(frozen=True, slots=True)
class RecentPrint:
    """A case of today whose notice and receipt can be printed again."""

    ref: UUID
    number: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HomePage:
    todo: tuple[CaseRow, ...]  # most urgent first
    today: Today
    deciders: tuple[str, ...]  # on duty: "박정우 차장"
    till: tuple[TillRow, ...]
    version: str  # asked for by the poll: 204 while unchanged
    recent: tuple[RecentPrint, ...] = ()
    intake: tuple[IntakeRow, ...] | None = None  # None: this branch takes none

    @property
    def serving(self) -> bool:
        return any(row.serving for row in self.todo)
