"""The eight rows of the task list: what was done, by whom, and what will happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from branches.models import FeeMethod
from branches.queries import desk as tasks
from branches.queries.desk import TITLES, Desk
from branches.queries.paperwork import Paper
from branches.queries.rows.case import TaskRow, TaskState
from nh_otp.shown import Fact

WILL: Mapping[int, str] = {
    tasks.IDENTITY: "신분증을 보고 입력한 뒤 진위를 확인합니다",
    tasks.OLD_DEVICE: "사고신고로 기존 기기를 정지합니다",
    tasks.PAPERWORK: "서류를 받고 수수료를 안내합니다",
    tasks.DEVICE: "내 시재의 기기를 스캔합니다",
    tasks.APPROVAL: "책임자가 다른 자리에서 확인합니다",
    tasks.CODE: "승인과 수수료 수납 뒤에 새 기기의 번호를 확인합니다",
    tasks.REGISTRATION: "6단계가 끝나면 자동으로 진행됩니다",
    tasks.HAND_OVER: "수령 서명 → 접수증과 안내문 출력",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a finished task says: one sentence, when, who, and the facts under the fold."""

    evidence: str = ""
    at: datetime | None = None
    by: str = ""
    facts: tuple[Fact, ...] = ()


def task_rows(desk: Desk, *, current: int | None) -> tuple[TaskRow, ...]:
    """All eight, in order."""
    done = desk.done
    return tuple(_row(number, desk, done=number in done, current=current) for number in range(1, len(TITLES) + 1))


def _row(number: int, desk: Desk, *, done: bool, current: int | None) -> TaskRow:
    title, may = desk.title(number), number in desk.can_start and number != current
    if number == current:
        return TaskRow(number, title, TaskState.CURRENT, WILL[number])
    if not done:
        return TaskRow(number, title, TaskState.WAITING, WILL[number], can_start=may)
    told = TELL[number](desk)
    return TaskRow(number, title, TaskState.DONE, told.evidence, told.at, told.by, told.facts, can_start=may)


def _identity(desk: Desk) -> Told:
    check = desk.case.identity
    if check is None:
        return Told()
    facts = (
        Fact("신분증", check.get_document_display()),
        Fact("대조", "성명·생년월일·사진 일치"),
        Fact("진위확인", f"{check.get_result_display()} · {check.transaction_id}"),
    )
    evidence = f"{check.get_document_display()} · 사진 대조 일치 · 진위확인 {check.get_result_display()}"
    return Told(evidence, check.answered_at or check.checked_at, check.checked_by.name, facts)


def _old_device(desk: Desk) -> Told:
    report = desk.case.loss_report
    if report is None:
        return Told(f"해당 없음 · {desk.case.get_reason_display()}", desk.case.opened_at, desk.case.owner.name)
    facts = (
        Fact("접수번호", report.number),
        Fact("접수 시각", f"{timezone.localtime(report.received_at):%H:%M:%S}"),
        Fact("신고자", report.get_reporter_display()),
    )
    evidence = f"{report.get_kind_display()} · 기존 기기 정지 · 접수번호 {report.number}"
    return Told(evidence, report.received_at, report.receiver.name if report.receiver else "", facts)


def _paperwork(desk: Desk) -> Told:
    case = desk.case
    papers = ", ".join(Paper(code).label for code in case.documents)
    fee = f"수수료 {case.fee_won:,}원 {FeeMethod(case.fee_method).label}"
    answers = "모두 아니오" if not any(case.phishing_answers) else "‘예’ 대답 있음"
    facts = (Fact("받은 서류", papers), Fact("수수료", case.fee_sentence), Fact("보이스피싱 문진", answers))
    return Told(f"서류 {len(case.documents)}건 · {fee}", case.paperwork_at, case.owner.name, facts)


def _device(desk: Desk) -> Told:
    case, device = desk.case, desk.case.new_device
    if device is None:
        return Told()
    serial = device.serial if desk.own else f"…{device.serial[-4:]}"
    facts = (Fact("일련번호", serial), Fact("유효기간", f"{device.valid_until:%Y-%m}까지"))
    return Told(f"…{device.serial[-4:]} · {case.get_kind_display()} · 스캔", case.assigned_at, case.owner.name, facts)


def _approval(desk: Desk) -> Told:
    request = desk.approved
    if request is None or request.decider is None:
        return Told()
    count = len(request.flags)
    evidence = f"승인 — 확인 사항 {count}건을 확인하고 승인함" if count else "승인 — 확인 사항 없음"
    return Told(evidence, request.decided_at, request.decider.name)


def _code(desk: Desk) -> Told:
    check = desk.case.verification or desk.standing
    return Told("최초번호 일치", check.claimed_at if check else None, desk.case.owner.name)


def _registration(desk: Desk) -> Told:
    return Told("새 기기 사용등록 · 기존 기기 해지", desk.case.registered_at, "자동")


def _hand_over(desk: Desk) -> Told:
    return Told("수령 서명을 받고 교부함", desk.case.ended_at, desk.case.owner.name)


TELL: Mapping[int, Callable[[Desk], Told]] = {
    tasks.IDENTITY: _identity,
    tasks.OLD_DEVICE: _old_device,
    tasks.PAPERWORK: _paperwork,
    tasks.DEVICE: _device,
    tasks.APPROVAL: _approval,
    tasks.CODE: _code,
    tasks.REGISTRATION: _registration,
    tasks.HAND_OVER: _hand_over,
}
