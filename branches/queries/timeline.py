"""What happened to a case or a customer, told from the audit records: one table of words per action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from branches.models import CheckResult, DocumentKind, LossKind, Reason, ReturnReason, Staff
from branches.queries import labels
from branches.queries.choices import CANCEL_REASONS, SERVICE_CANCEL_REASONS
from devices.models import ServiceKind
from nh_otp.audit.models import AuditRow, Outcome
from nh_otp.shown import Mark, TimelineRow

Facts = Mapping[str, Any]
SYSTEM = "system:"
MOST = 50


@dataclass(frozen=True, slots=True)
class Words:
    """How an action is told: its title, its shape and, from its facts, one detail."""

    title: str
    mark: Mark = Mark.STEP
    detail: Callable[[Facts], str] = lambda facts: ""


def _label(kind: Any, name: str) -> Callable[[Facts], str]:
    """The Korean label of a fact that is the value of a choice."""
    return lambda facts: str(dict(kind.choices).get(facts.get(name), ""))


def _document(facts: Facts) -> str:
    return f"{dict(DocumentKind.choices).get(facts['document'], '')} · {'일치' if facts.get('matched') else '불일치'}"


def _loss(facts: Facts) -> str:
    return f"{dict(LossKind.choices).get(facts['kind'], '')} · 접수번호 {facts.get('number', '')}"


def _found(facts: Facts) -> str:
    names = {"name": "이름", "birth": "생년월일", "phone": "전화번호", "account": "계좌번호"}
    return "·".join(names[key] for key in facts.get("keys", []) if key in names)


def _flags(facts: Facts) -> str:
    count = len(facts.get("flags", []))
    return f"확인 사항 {count}건" if count else "확인 사항 없음"


def _registered(facts: Facts) -> str:
    shift = facts.get("shift_seconds")
    corrected = f" · {labels.shift(shift)} 보정" if shift else ""
    return f"새 기기 등록, 기존 기기 해지{corrected}"


def _answer(facts: Facts) -> str:
    shift = labels.shift(facts.get("shift_seconds"))
    return {"MATCH": f"일치 · {shift}", "NEEDS_DECISION": f"일치 · {shift} · 결재 필요"}.get(facts["answer"], "불일치")


WORDS: Mapping[str, Words] = {
    "customer.found": Words("고객 찾기", Mark.STEP, _found),
    "customer.viewed": Words("열람", Mark.LOOK),
    "loss.reported": Words("사고신고", Mark.STOP, _loss),
    "reissue.opened": Words("재발급 시작", Mark.STEP, _label(Reason, "reason")),
    "identity.asked": Words("신분증 대조", Mark.STEP, _document),
    "identity.answered": Words("진위확인 응답", Mark.STEP, _label(CheckResult, "result")),
    "reissue.paperwork": Words("서류·수수료 확인", Mark.STEP, lambda facts: f"수수료 {facts['fee_won']:,}원 동의"),
    "reissue.device_assigned": Words("기기 배정"),
    "reissue.submitted": Words("승인 요청", Mark.STEP, _flags),
    "reissue.withdrawn": Words("승인 요청 거둠"),
    "reissue.lapsed": Words("승인 요청 기한경과"),
    "reissue.approved": Words("승인", Mark.DECISION, _flags),
    "reissue.returned": Words("반려", Mark.DECISION, _label(ReturnReason, "reason")),
    "reissue.refused": Words("승인거절", Mark.STOP, _label(ReturnReason, "reason")),
    "reissue.fee_collected": Words("수수료 수납", Mark.STEP, lambda facts: f"{facts['won']:,}원"),
    "first_code.refused": Words("최초번호 불일치", Mark.LOOK, lambda facts: f"남은 시도 {facts['tries_left']}번"),
    "first_code.tries_granted": Words("시도 추가 허용", Mark.DECISION),
    "reissue.registered": Words("사용등록", Mark.DECISION, _registered),
    "reissue.handed_over": Words("수령 확인", Mark.DECISION),
    "reissue.cancelled": Words("취소", Mark.STOP, lambda facts: CANCEL_REASONS.get(facts.get("reason", ""), "")),
    "notice.sent": Words("고객 문자 발송"),
    "service.opened": Words("기기 업무 시작", Mark.STEP, _label(ServiceKind, "kind")),
    "service.code_answered": Words("번호 확인", Mark.STEP, _answer),
    "service.submitted": Words("승인 요청", Mark.STEP, _flags),
    "service.lapsed": Words("승인 요청 기한경과"),
    "service.approved": Words("승인", Mark.DECISION, _flags),
    "service.returned": Words("반려", Mark.DECISION, _label(ReturnReason, "reason")),
    "service.refused": Words("승인거절", Mark.STOP, _label(ReturnReason, "reason")),
    "service.finished": Words("기기 업무 완료", Mark.DECISION),
    "service.cancelled": Words(
        "취소", Mark.STOP, lambda facts: SERVICE_CANCEL_REASONS.get(facts.get("reason", ""), "")
    ),
    "service.expired": Words("기한경과", Mark.STOP),
}


def of_case(case_ref: UUID, *, report_ref: UUID | None) -> tuple[TimelineRow, ...]:
    """What happened to a case and to the loss report behind it, newest first; looks are not told here."""
    about = Q(subjects__contains=[["ReissueCase", str(case_ref)]])
    if report_ref is not None:
        about |= Q(subjects__contains=[["LossReport", str(report_ref)]])
    return _told(AuditRow.objects.filter(about).exclude(action="customer.viewed"))


def of_service(service_ref: UUID) -> tuple[TimelineRow, ...]:
    """What happened to a device service, newest first; looks are not told here."""
    return _told(AuditRow.about("DeviceService", service_ref).exclude(action="customer.viewed"))


def of_customer(customer_ref: UUID) -> tuple[TimelineRow, ...]:
    """What happened around a person, looks included, newest first."""
    return _told(AuditRow.about("Customer", customer_ref))


def _told(entries: QuerySet[AuditRow]) -> tuple[TimelineRow, ...]:
    done = entries.filter(outcome=Outcome.DONE, action__in=list(WORDS)).order_by("-at", "-id")
    rows = list(done.only("at", "action", "staff_no", "facts")[:MOST])
    names = _names({row.staff_no for row in rows})
    return tuple(_row(row, names) for row in rows)


def _names(numbers: set[str]) -> Mapping[str, str]:
    staff = Staff.objects.filter(staff_no__in=numbers).only("staff_no", "name", "title")
    return {each.staff_no: f"{each.name} {each.title}" for each in staff}


def _row(entry: AuditRow, names: Mapping[str, str]) -> TimelineRow:
    words = WORDS[entry.action]
    who = "시스템" if entry.staff_no.startswith(SYSTEM) else names.get(entry.staff_no, entry.staff_no)
    return TimelineRow(entry.at, words.title, who, words.detail(entry.facts), words.mark)
