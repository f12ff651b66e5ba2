"""A case as it lies on the desk: which of its eight tasks are done and which one is next. Reads what was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from branches.models import Approval, FeeState, ReissueCase
from branches.models.reissue import NEEDS_LOSS_REPORT
from branches.states import OPEN, ApprovalState, CaseState
from devices.models import CodeCheck
from nh_otp.access import Actor, Permission
from nh_otp.policy import POLICY
from nh_otp.shown import Elapsed

TITLES = (
    "본인확인",
    "사고신고 / 기존 기기",
    "서류·수수료",
    "기기 배정",
    "승인",
    "최초번호 검증",
    "사용등록",
    "수령 확인·출력",
)
IDENTITY, OLD_DEVICE, PAPERWORK, DEVICE, APPROVAL, CODE, REGISTRATION, HAND_OVER = range(1, 9)
PREPARED = (IDENTITY, OLD_DEVICE, PAPERWORK, DEVICE)
"""What must be done before a request for approval, in any order."""
DECIDED = (CaseState.APPROVED, CaseState.REGISTERED, CaseState.UNDELIVERED, CaseState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Desk:
    """One case with its requests (newest first), the code check that still stands, and who looks at it when."""

    case: ReissueCase
    requests: Sequence[Approval]
    by: Actor
    at: datetime
    standing: CodeCheck | None = None

    def title(self, number: int) -> str:
        """A task's name; the second says which of its two halves this case is about."""
        if number == OLD_DEVICE:
            return "사고신고" if self.case.reason in NEEDS_LOSS_REPORT else "기존 기기"
        return TITLES[number - 1]

    @property
    def own(self) -> bool:
        """Is it this very teller who runs the case?"""
        return self.by.staff_id == self.case.owner_id and self.by.may(Permission.RUN_CASE)

    @property
    def open(self) -> bool:
        return self.case.state in OPEN

    @property
    def latest(self) -> Approval | None:
        return self.requests[0] if self.requests else None

    @property
    def approved(self) -> Approval | None:
        """The request whose approval still counts."""
        if self.case.state not in DECIDED:
            return None
        return next((request for request in self.requests if request.state == ApprovalState.APPROVED), None)

    @property
    def fee_due(self) -> bool:
        return self.case.fee_won > 0 and self.case.fee_state != FeeState.COLLECTED

    @property
    def elapsed(self) -> Elapsed:
        """From the opening to the end, or to this moment."""
        seconds = int(((self.case.ended_at or self.at) - self.case.opened_at).total_seconds())
        return Elapsed(max(0, seconds), POLICY.target_minutes * 60)

    @property
    def done(self) -> frozenset[int]:
        """The tasks that are done."""
        case = self.case
        facts = {
            IDENTITY: self._identified,
            OLD_DEVICE: case.reason not in NEEDS_LOSS_REPORT or case.loss_report_id is not None,
            PAPERWORK: case.paperwork_at is not None,
            DEVICE: case.new_device_id is not None,
            APPROVAL: case.state in DECIDED,
            CODE: case.verification_id is not None or self.standing is not None,
            REGISTRATION: case.registered_at is not None,
            HAND_OVER: case.state == CaseState.COMPLETED,
        }
        return frozenset(number for number, fact in facts.items() if fact)

    @property
    def _identified(self) -> bool:
        """While the case is in hand, an identity check counts for its branch and Korean day only."""
        check = self.case.identity
        if check is None or not check.passed:
            return False
        same_day = timezone.localdate(check.checked_at) == timezone.localdate(self.at)
        return self.case.state != CaseState.IN_PROGRESS or (same_day and check.branch_id == self.case.branch_id)

    @property
    def prepared(self) -> bool:
        return self.done.issuperset(PREPARED)

    @property
    def can_start(self) -> frozenset[int]:
        """Tasks that may be opened now although another one is next; done ones may be done again."""
        if self.case.state != CaseState.IN_PROGRESS or not self.own:
            return frozenset()
        return frozenset({IDENTITY, PAPERWORK, DEVICE, APPROVAL} if self.prepared else {IDENTITY, PAPERWORK, DEVICE})

    def current(self, wanted: int | None = None) -> int | None:
        """The task that is open: the wanted one if it may be, else the first that is not done; None at an end."""
        done = self.done
        match CaseState(self.case.state):
            case CaseState.IN_PROGRESS:
                first = next((number for number in PREPARED if number not in done), APPROVAL)
                return wanted if wanted in self.can_start else first
            case CaseState.AWAITING_APPROVAL:
                return APPROVAL
            case CaseState.APPROVED:
                return REGISTRATION if CODE in done else CODE
            case CaseState.REGISTERED:
                return HAND_OVER
            case _:
                return None
