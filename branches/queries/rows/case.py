"""Rows of the case page (1210) and of the list of cases (1200)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from branches.queries.rows.customer import LossReportRow
from nh_otp.shown import Choice, Elapsed, Fact, Serial, Status, TimelineRow


class TaskState(StrEnum):
    DONE = "done"
    CURRENT = "current"  # open, with its form
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One of the eight tasks, in order; the page opens the one that is `current`."""

    number: int
    title: str
    state: TaskState
    evidence: str = ""  # done: one sentence; waiting: what will happen
    done_at: datetime | None = None
    by: str = ""  # name without rank
    facts: tuple[Fact, ...] = ()  # done: shown when the row is unfolded
    can_start: bool = False  # waiting, but may be opened now: ?task=<number>


@dataclass(frozen=True, slots=True)
class DocumentChoice:
    """A kind of identity document, with what else has to be typed from it."""

    value: str
    label: str
    tail_label: str = ""  # "" when the kind needs no number tail
    asks_issue_date: bool = True


@dataclass(frozen=True, slots=True)
class IdentityTask:
    documents: tuple[DocumentChoice, ...]
    answer: str = ""  # the last answer in one sentence, e.g. "불일치: 생년월일"
    calls_supervisor: bool = False


@dataclass(frozen=True, slots=True)
class OldDeviceTask:
    """Task 2: the open report behind a LOST case, or the button that files one."""

    customer: UUID
    device: UUID | None
    kind: str  # 토큰형
    serial: Serial | None
    report: LossReportRow | None = None


@dataclass(frozen=True, slots=True)
class FeeRow:
    amount: int  # won
    sentence: str  # read aloud by the teller
    methods: tuple[Choice, ...]
    waivers: tuple[Choice, ...] = ()  # empty: a waiver is not offered


@dataclass(frozen=True, slots=True)
class PaperworkTask:
    documents: tuple[Choice, ...]
    questions: tuple[str, str, str]  # 보이스피싱 문진
    fee: FeeRow


@dataclass(frozen=True, slots=True)
class DeviceTask:
    kind: str
    in_till: int
    next_serial: Serial | None = None  # earliest validity first
    vendors: tuple[Choice, ...] = ()  # asked for only where a till holds devices of several


@dataclass(frozen=True, slots=True)
class ReturnNote:
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalTask:
    ready: bool  # tasks 1–4 done and the case may be submitted
    waiting: bool
    requested_at: datetime | None = None
    ahead: int = 0
    lapses_at: datetime | None = None
    deciders: tuple[str, ...] = ()  # on duty and entitled
    call_url: str = ""  # 책임자 호출; empty while it cannot be called
    returned: ReturnNote | None = None


@dataclass(frozen=True, slots=True)
class FeeTask:
    """Collection between approval and the first code."""

    amount: int
    methods: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class WayOut:
    """An alternative to another code; `url` is empty while it cannot be taken, and `why_not` says why."""

    label: str
    url: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class CodeTask:
    digits: int
    tries_left: int
    kind: str
    serial: Serial  # masked
    answer: str = ""  # the sentence after WRONG, REUSED, DRIFTED or LOCKED
    locked: bool = False
    corrects: bool = False  # the way to two codes in a row stands open
    ways_out: tuple[WayOut, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationTask:
    """Task 7 is automatic: shown as current only when it stopped after a verified code."""

    verified_at: datetime
    usable_until: datetime


@dataclass(frozen=True, slots=True)
class HandOverTask:
    centre_pending: bool  # 센터 반영 대기
    notice_printed: bool = False
    receipt_printed: bool = False


@dataclass(frozen=True, slots=True)
class ExchangeCard:
    """Old and new device side by side."""

    old_kind: str = ""
    old_serial: Serial | None = None
    old_status: Status | None = None
    new_kind: str = ""
    new_serial: Serial | None = None
    new_status: Status | None = None
    elsewhere: int = 0  # other institutions at which the old device is registered


@dataclass(frozen=True, slots=True)
class CaseHead:
    """Masked facts of the sticky head."""

    customer: UUID
    customer_no: str  # "K-20**-31"
    name: str  # "김*연"
    birth: str  # "1984**"
    gender: str
    phone: str
    account: str
    channel: str
    teller: str
    decider: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the case page shows; at most one of the task payloads is set, that of the current task.

    While the fee is due, task 6 is current and `fee` is set instead of `code`.
    """

    ref: UUID
    number: str  # "RI-261123-000147"
    reason: str  # "분실"
    state: Status
    head: CaseHead
    elapsed: Elapsed
    tasks: tuple[TaskRow, ...]
    exchange: ExchangeCard
    timeline: tuple[TimelineRow, ...]
    version: str  # asked for by the poll: 204 while unchanged
    announce: str = ""  # said once by the live region
    ended: str = ""  # one sentence when the case has come to an end
    held_by: str = ""  # a colleague is at work on it: the page is read only
    prints: bool = False  # receipt and notice may be printed
    cancel_reasons: tuple[Choice, ...] = ()  # empty: cannot be cancelled
    identity: IdentityTask | None = None
    old_device: OldDeviceTask | None = None
    paperwork: PaperworkTask | None = None
    device: DeviceTask | None = None
    approval: ApprovalTask | None = None
    fee: FeeTask | None = None
    code: CodeTask | None = None
    grants: bool = False  # a supervisor may allow more tries
    registration: RegistrationTask | None = None
    hand_over: HandOverTask | None = None

    @property
    def done(self) -> int:
        return sum(task.state is TaskState.DONE for task in self.tasks)

    @property
    def polls(self) -> bool:
        return self.approval is not None and self.approval.waiting


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases, newest activity first."""

    ref: UUID
    number: str
    state: Status
    state_note: str  # "10:42 박정우 차장", "내 앞에 2건", "3 / 8 단계"
    name: str
    reason: str
    detail: str  # "토큰형 …3317 배정"
    teller: str
    opened_at: datetime
    elapsed: Elapsed | None
    next_step: str  # "최초번호 검증", "승인 상태 보기"; empty: only to be looked at
    serving: bool = False  # 응대 중


@dataclass(frozen=True, slots=True)
class CaseList:
    rows: tuple[CaseRow, ...]
    filters: tuple[Choice, ...] = ()  # ?state=<value>
    state: str = ""  # the chosen filter
    after: str = ""  # keyset mark of the next page: ?after=<mark>
