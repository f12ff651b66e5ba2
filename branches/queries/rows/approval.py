"""Rows of the approval inbox (2000) and of the decisions taken (2010)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from nh_otp.shown import Choice, Elapsed, Fact, Status


class EvidenceKind(StrEnum):
    """Which drawing stands beside the facts; the pictures themselves stay in the bank's image system."""

    IDENTITY = "identity"
    PAPER = "paper"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class PendingRow:
    ref: UUID
    name: str
    reason: str
    kind: str  # 토큰형
    channel: str
    maker: str
    waited: Elapsed
    flags: int = 0
    urgent: bool = False  # LOST, STOLEN, LEAKED
    own: bool = False  # made or touched by the viewer: cannot be decided
    viewed_by: str = ""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line of 은행 원장 | 이번 신청·증빙 | 결과; those that need a look come first."""

    label: str
    recorded: str
    presented: str
    result: Status
    was: str = ""  # an older value, struck through before `recorded`
    recorded_note: str = ""
    presented_note: str = ""
    look: bool = False
    changed: bool = False  # since the decider was shown it


@dataclass(frozen=True, slots=True)
class FlagRow:
    code: str  # posted in `flags`
    sentence: str
    opinion: str = ""  # what the maker wrote
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    kind: EvidenceKind
    title: str
    note: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Verbs:
    """Names of the addresses a decision is posted to."""

    approve: str
    give_back: str
    refuse: str


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """One request as the decider is shown it; `seen` is the digest that the decision will be bound to."""

    ref: UUID
    number: str
    name: str
    title: str  # "분실 재발급", "오류해제"
    device: str  # "새 기기 끝 3317": said once more before the decision is made
    kind: str
    maker: str
    window: str
    requested_at: datetime
    compared: tuple[ComparedRow, ...]
    flags: tuple[FlagRow, ...]
    evidence: tuple[EvidenceRow, ...]
    memo: str
    seen: str
    return_reasons: tuple[Choice, ...]
    refuse_reasons: tuple[Choice, ...]
    verbs: Verbs
    can_decide: bool = True
    why_not: str = ""
    changed: bool = False  # 내용이 바뀌었습니다


@dataclass(frozen=True, slots=True)
class InboxPage:
    rows: tuple[PendingRow, ...]  # longest wait first, own ones last
    version: str
    step_up_seconds: int  # left of the fresh second factor; 0: must be given again
    arrived: int = 0  # requests that came since the version the poll asked with
    selected: DecisionPage | None = None
    previous: UUID | None = None
    following: UUID | None = None

    @property
    def oldest(self) -> Elapsed | None:
        return self.rows[0].waited if self.rows else None

    @property
    def to_decide(self) -> int:
        return sum(not row.own for row in self.rows)

    @property
    def step_up_clock(self) -> str:
        return Elapsed(self.step_up_seconds).clock

    @property
    def flagged(self) -> int:
        return sum(row.flags > 0 for row in self.rows)

    @property
    def urgent(self) -> int:
        return sum(row.urgent for row in self.rows)


@dataclass(frozen=True, slots=True)
class InboxNews:
    """The same two values alone, for the poll: `inbox.html#arrivals` with 200, or 204 while nothing arrived."""

    version: str
    arrived: int


@dataclass(frozen=True, slots=True)
class DecisionRow:
    ref: UUID
    number: str
    decided_at: datetime
    outcome: Status
    name: str
    reason: str
    maker: str
    decider: str
    page: str  # the address of what was decided: case, service
    note: str = ""  # reason of a return or refusal
    seconds: int | None = None  # from request to decision


@dataclass(frozen=True, slots=True)
class DecisionList:
    rows: tuple[DecisionRow, ...]
    after: str = ""
