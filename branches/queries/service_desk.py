"""A device service as it lies on the desk: which of its three tasks are done, and which one is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from branches.models import Approval
from branches.queries import labels
from branches.queries.rows.case import TaskRow, TaskState
from branches.states import ApprovalState
from devices.models import SERVICE_OPEN, DeviceService, ServiceKind, ServiceState
from nh_otp.access import Actor, Permission
from nh_otp.policy import POLICY
from nh_otp.shown import Fact

IDENTITY, CODE, DECISION = 1, 2, 3
TITLES = ("본인확인", "번호 확인", "결재·처리")
WILL: Mapping[int, str] = {
    IDENTITY: "신분증을 보고 입력한 뒤 진위를 확인합니다",
    CODE: "고객님의 기기에 나오는 번호를 확인합니다",
    DECISION: "책임자가 다른 자리에서 확인하면 바로 처리합니다",
}
DECIDED = (ServiceState.APPROVED, ServiceState.DONE)


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """One service with its requests (newest first), and who looks at it when."""

    service: DeviceService
    requests: Sequence[Approval]
    by: Actor
    at: datetime

    @property
    def own(self) -> bool:
        """Is it this very person who runs the service?"""
        return self.by.staff_id == self.service.owner_id and self.by.may(Permission.SERVE_DEVICE)

    @property
    def open(self) -> bool:
        return self.service.state in SERVICE_OPEN

    @property
    def latest(self) -> Approval | None:
        return self.requests[0] if self.requests else None

    @property
    def approved(self) -> Approval | None:
        return next((request for request in self.requests if request.state == ApprovalState.APPROVED), None)

    @property
    def done(self) -> frozenset[int]:
        """The tasks that are done; at the counter a proof counts for its day, a code for its minutes."""
        facts = {
            IDENTITY: self._identified,
            CODE: self._coded,
            DECISION: self.service.state == ServiceState.DONE,
        }
        return frozenset(number for number, fact in facts.items() if fact)

    @property
    def _identified(self) -> bool:
        check = self.service.identity
        if check is None:
            return False
        same_day = timezone.localdate(check.checked_at) == timezone.localdate(self.at)
        return self.service.state != ServiceState.OPEN or same_day

    @property
    def _coded(self) -> bool:
        check = self.service.verification
        if check is None:
            return False
        return self.service.state != ServiceState.OPEN or check.claimed_at > self.at - POLICY.verification_valid_for

    def current(self) -> int | None:
        """The task that is open: the first that is not done; None at an end."""
        if not self.open:
            return None
        return next((number for number in (IDENTITY, CODE) if number not in self.done), DECISION)

    def rows(self) -> tuple[TaskRow, ...]:
        """All three, in order."""
        return tuple(self._row(number) for number in (IDENTITY, CODE, DECISION))

    def _row(self, number: int) -> TaskRow:
        title = TITLES[number - 1]
        if number == self.current():
            return TaskRow(number, title, TaskState.CURRENT, WILL[number])
        if number not in self.done:
            return TaskRow(number, title, TaskState.WAITING, WILL[number])
        evidence, at, by, facts = TELL[number](self)
        return TaskRow(number, title, TaskState.DONE, evidence, at, by, facts)


Told = tuple[str, datetime | None, str, tuple[Fact, ...]]


def _identity(desk: ServiceDesk) -> Told:
    check = desk.service.identity
    if check is None:
        return "", None, "", ()
    facts = (
        Fact("신분증", check.get_document_display()),
        Fact("대조", "성명·생년월일·사진 일치"),
        Fact("진위확인", f"{check.get_result_display()} · {check.transaction_id}"),
    )
    evidence = f"{check.get_document_display()} · 사진 대조 일치 · 진위확인 {check.get_result_display()}"
    return evidence, check.answered_at or check.checked_at, check.checked_by.name, facts


def _code(desk: ServiceDesk) -> Told:
    check, shift = desk.service.verification, labels.shift(desk.service.shift_seconds)
    return f"번호 일치 · {shift}", check.claimed_at if check else None, desk.service.owner.name, ()


def _decision(desk: ServiceDesk) -> Told:
    request = desk.approved
    done = "오류해제 완료" if desk.service.kind == ServiceKind.UNLOCK else "시각 보정 완료"
    if request is None:
        return f"{done} · 결재 없이 처리하는 범위", desk.service.ended_at, "자동", ()
    return done, desk.service.ended_at, request.decider.name if request.decider else "", ()


TELL: Mapping[int, Callable[[ServiceDesk], Told]] = {IDENTITY: _identity, CODE: _code, DECISION: _decision}
