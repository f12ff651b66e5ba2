"""What the form of the current task needs; at most one payload per page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from branches.models import Approval, CheckResult, DocumentKind, FeeMethod, IdentityCheck, ReturnReason, Staff
from branches.queries import desk as tasks
from branches.queries.asked import waiting
from branches.queries.desk import Desk
from branches.queries.first_code import SENTENCES, THREE_TIMES, WRONG_PAIR
from branches.queries.paperwork import PHISHING_QUESTIONS, fee_for, papers_for
from branches.queries.rows.case import (
    ApprovalTask,
    CodeTask,
    DeviceTask,
    DocumentChoice,
    FeeRow,
    FeeTask,
    HandOverTask,
    IdentityTask,
    OldDeviceTask,
    PaperworkTask,
    RegistrationTask,
    ReturnNote,
)
from branches.states import ApprovalState, CaseState
from devices.models import DeskTries, DeviceState, ProductKind
from devices.queries import labels as things
from devices.queries.till import next_in_till, vendors_in_till
from nh_otp import shown
from nh_otp.access import Actor, Permission, Role
from nh_otp.gateways.otp_verifier import Outcome
from nh_otp.outbox.models import count_waiting
from nh_otp.policy import POLICY
from nh_otp.shown import Choice, Serial

TAILS: Mapping[DocumentKind, str] = {
    DocumentKind.DRIVER_LICENCE: "암호일련번호",
    DocumentKind.PASSPORT: "여권번호 끝 4자리",
    DocumentKind.FOREIGNER_CARD: "등록번호 끝 4자리",
}
"""What else the issuer is asked with, typed from the document and never kept."""
NOT_DATED = (DocumentKind.MOBILE_ID,)
BLOCKS = (CheckResult.MISMATCH, CheckResult.REPORTED_LOST)
"""Answers that block this document; product.md 4."""
PAID_BY = (FeeMethod.CASH, FeeMethod.ACCOUNT)


def payload(number: int | None, desk: Desk, *, answer: str = "") -> dict[str, Any]:
    """The payload of the current task, for whoever runs the case; nobody else gets a form."""
    if number is None:
        return {}
    if not desk.own:
        return {"grants": number == tasks.CODE and _grants(desk)}
    if number == tasks.CODE:
        return {"fee": _fee(desk)} if desk.fee_due else {"code": _code(desk, answer)}
    name, make = MAKERS[number]
    return {name: make(desk)}


def _identity(desk: Desk) -> IdentityTask:
    return identity_task(IdentityCheck.objects.filter(case=desk.case))


def identity_task(checks: QuerySet[IdentityCheck]) -> IdentityTask:
    """The form to check who is asking, with what the last of these checks said."""
    documents = tuple(
        DocumentChoice(kind.value, kind.label, TAILS.get(kind, ""), kind not in NOT_DATED) for kind in DocumentKind
    )
    last = checks.order_by("-checked_at", "-pk").first()
    if last is None or last.passed:
        return IdentityTask(documents)
    return IdentityTask(documents, _said(last), calls_supervisor=last.result in BLOCKS)


def _said(check: IdentityCheck) -> str:
    """The last answer in one sentence, without showing the record."""
    if check.result == CheckResult.NOT_MATCHED:
        parts = {"성명": check.name_matched, "생년월일": check.birth_matched, "사진": check.photo_matched}
        return f"불일치: {', '.join(name for name, matched in parts.items() if not matched)}"
    sentences = {
        CheckResult.MISMATCH: "발급기관 정보와 다릅니다. 입력한 발급일자를 다시 확인해 주십시오.",
        CheckResult.REPORTED_LOST: "분실 신고된 신분증입니다.",
        CheckResult.UNAVAILABLE: "진위확인 기관이 응답하지 않습니다. 잠시 후 다시 시도해 주십시오.",
        CheckResult.PENDING: "진위확인 응답을 받지 못하였습니다. 다시 시도해 주십시오.",
    }
    return sentences[CheckResult(check.result)]


def _old_device(desk: Desk) -> OldDeviceTask:
    device = desk.case.old_device
    return OldDeviceTask(
        customer=desk.case.customer_id,
        device=device.pk if device else None,
        kind=things.kind(device),
        serial=Serial.masked(device.serial) if device else None,
    )


def _paperwork(desk: Desk) -> PaperworkTask:
    case = desk.case
    fee = fee_for(kind=case.kind, reason=case.reason, on=timezone.localdate(desk.at))
    first, second, third = PHISHING_QUESTIONS
    return PaperworkTask(
        documents=tuple(Choice(paper.value, paper.label) for paper in papers_for(case.reason)),
        questions=(first, second, third),
        fee=FeeRow(fee.won if fee else 0, fee.sentence if fee else "", _methods(FeeMethod.CASH)),
    )


def _methods(chosen: str) -> tuple[Choice, ...]:
    return shown.choices(PAID_BY, chosen=chosen if chosen in PAID_BY else FeeMethod.CASH)


def _device(desk: Desk) -> DeviceTask:
    kind, till, branch = ProductKind(desk.case.kind), desk.by.staff_pk, desk.by.branch_pk
    count, first = next_in_till(till_id=till, branch_id=branch, kind=kind, on=timezone.localdate(desk.at))
    vendors = vendors_in_till(till_id=till, branch_id=branch, kind=kind)
    return DeviceTask(
        kind=kind.label,
        in_till=count,
        next_serial=Serial.masked(first.serial) if first else None,
        vendors=tuple(Choice(code, name) for code, name in vendors) if len(vendors) > 1 else (),
    )


def _approval(desk: Desk) -> ApprovalTask:
    asked = desk.case.state == CaseState.AWAITING_APPROVAL
    return approval_task(desk.latest, asked=asked, ready=desk.prepared, by=desk.by)


def approval_task(latest: Approval | None, *, asked: bool, ready: bool, by: Actor) -> ApprovalTask:
    """Asking for a decision, or waiting for it; `latest` is the newest request, `asked` whether it waits."""
    if latest is None or not asked:
        return ApprovalTask(ready=ready, waiting=False, returned=_returned(latest))
    return ApprovalTask(
        ready=False,
        waiting=True,
        requested_at=latest.requested_at,
        ahead=count_ahead(latest, by=by),
        lapses_at=latest.lapses_at,
        deciders=deciders(by=by),
    )


def _returned(latest: Approval | None) -> ReturnNote | None:
    if latest is None or latest.state != ApprovalState.RETURNED or latest.decided_at is None:
        return None
    return ReturnNote(ReturnReason(latest.reason).label, shown.person(latest.decider), latest.decided_at)


def count_ahead(request: Approval, *, by: Actor) -> int:
    """How many requests of the branch wait longer."""
    return waiting(by).filter(requested_at__lt=request.requested_at).count()


def deciders(*, by: Actor) -> tuple[str, ...]:
    """Who of the branch may decide what this person submits."""
    entitled = Staff.objects.filter(branch_id=by.branch_pk, role=Role.SUPERVISOR, is_active=True)
    others = entitled.exclude(person_no=by.person_no).only("name", "title").order_by("staff_no")
    return tuple(shown.person(staff) for staff in others)


def _fee(desk: Desk) -> FeeTask:
    return FeeTask(desk.case.fee_won, _methods(desk.case.fee_method))


def _code(desk: Desk, answer: str) -> CodeTask | None:
    device = desk.case.new_device
    if device is None:
        return None
    left = _tries_left(desk)
    locked = left <= 0 or device.state == DeviceState.LOCKED
    return CodeTask(
        digits=device.product.digits,
        tries_left=left,
        kind=things.kind(device),
        serial=Serial.masked(device.serial),
        answer=answer or (THREE_TIMES if left <= 0 else ""),
        locked=locked,
        corrects=left <= 0 or answer in (SENTENCES[Outcome.DRIFTED], WRONG_PAIR),
    )


def _tries_left(desk: Desk) -> int:
    tries = DeskTries.objects.filter(device=desk.case.new_device_id, case=desk.case).first()
    return tries.granted - tries.claimed if tries else POLICY.desk_tries


def _grants(desk: Desk) -> bool:
    """Another person of the branch may allow one more set of tries when the first is used up; product.md 7."""
    tries = DeskTries.objects.filter(device=desk.case.new_device_id, case=desk.case).first()
    is_due = tries is not None and tries.claimed >= tries.granted == POLICY.desk_tries
    return is_due and desk.by.may(Permission.DECIDE_CASE) and desk.by.person_no != desk.case.owner.person_no


def _registration(desk: Desk) -> RegistrationTask | None:
    standing = desk.standing
    if standing is None:
        return None
    verified_at: datetime = standing.claimed_at
    return RegistrationTask(verified_at, verified_at + POLICY.verification_valid_for)


def _hand_over(desk: Desk) -> HandOverTask:
    return HandOverTask(centre_pending=centre_pending(desk))


def centre_pending(desk: Desk) -> bool:
    """Has the shared centre not acknowledged everything about the new device?"""
    device = desk.case.new_device
    return device is not None and count_waiting(device.lane) > 0


MAKERS: Mapping[int, tuple[str, Callable[[Desk], object]]] = {
    tasks.IDENTITY: ("identity", _identity),
    tasks.OLD_DEVICE: ("old_device", _old_device),
    tasks.PAPERWORK: ("paperwork", _paperwork),
    tasks.DEVICE: ("device", _device),
    tasks.APPROVAL: ("approval", _approval),
    tasks.REGISTRATION: ("registration", _registration),
    tasks.HAND_OVER: ("hand_over", _hand_over),
}
