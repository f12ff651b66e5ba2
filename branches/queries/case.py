"""The case page (1210): head, eight tasks, the form of the current one, both devices, and what happened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from branches.models import Approval, Customer, FeeState, ReissueCase, ReturnReason, Staff
from branches.queries import labels, timeline
from branches.queries.case_payload import count_ahead, payload
from branches.queries.case_tasks import task_rows
from branches.queries.choices import CANCEL_REASONS
from branches.queries.desk import Desk
from branches.queries.paper import PRINTED
from branches.queries.rows.case import CaseHead, CasePage, ExchangeCard
from branches.states import TRANSITIONS, ApprovalState, CaseState, CaseStep
from devices.models import CheckOutcome, CodeCheck, Device
from devices.queries import labels as things
from nh_otp import masks, shown
from nh_otp.access import Actor, Permission
from nh_otp.policy import POLICY
from nh_otp.shown import Choice, Serial

LOADED = (
    "customer",
    "owner",
    "old_device__product",
    "new_device__product",
    "loss_report__receiver",
    "identity__checked_by",
    "verification",
)


def find_case(number: str, *, by: Actor) -> UUID | None:
    """The reference of a case of the own branch, by its printed number."""
    by.must(Permission.VIEW_CASES)
    return ReissueCase.objects.visible_to(by).filter(number=number).values_list("pk", flat=True).first()


def case_page(
    ref: UUID, *, by: Actor, at: datetime, task: int | None = None, answer: str = "", announce: bool = False
) -> CasePage:
    """Everything about one case. `task` is the one to open, `answer` what the verifier said. Raises NotFound."""
    desk = _desk(ref, by=by, at=at)
    case, current = desk.case, desk.current(task)
    return CasePage(
        ref=case.pk,
        number=case.number,
        reason=case.get_reason_display(),
        state=labels.of_case(case.state),
        head=_head(desk),
        elapsed=desk.elapsed,
        tasks=task_rows(desk, current=current),
        exchange=_exchange(desk),
        timeline=timeline.of_case(case.pk, report_ref=case.loss_report_id),
        version=_version(case, desk.latest, by=by),
        announce=_announcement(desk) if announce else "",
        ended=_ended(case),
        held_by=shown.person(case.owner) if desk.open and not desk.own else "",
        prints=case.state in PRINTED,
        cancel_reasons=_cancel_reasons(desk),
        **payload(current, desk, answer=answer),
    )


def _desk(ref: UUID, *, by: Actor, at: datetime) -> Desk:
    by.must(Permission.VIEW_CASES)
    case = ReissueCase.objects.select_related(*LOADED).get_visible(ref, by=by)
    return Desk(case, requests_of(ref), by, at, _standing(case, at=at))


def requests_of(ref: UUID) -> list[Approval]:
    """The requests for approval of a case or service, newest first."""
    return list(
        Approval.objects.filter(subject=ref).select_related("maker", "decider").order_by("-requested_at", "-pk")
    )


def _standing(case: ReissueCase, *, at: datetime) -> CodeCheck | None:
    """The verified code that may still register the new device."""
    if case.state != CaseState.APPROVED:
        return None
    fresh = CodeCheck.objects.filter(case=case, device=case.new_device, outcome=CheckOutcome.MATCH)
    fresh = fresh.filter(consumed_at=None, claimed_at__gt=at - POLICY.verification_valid_for)
    return fresh.order_by("-claimed_at", "-pk").first()


def case_version(ref: UUID, *, by: Actor) -> str:
    """What the poll compares: changes whenever the waiting page has something new to show. Raises NotFound."""
    by.must(Permission.VIEW_CASES)
    case = ReissueCase.objects.get_visible(ref, by=by)
    latest = Approval.objects.filter(case_id=ref).order_by("-requested_at", "-pk").first()
    return _version(case, latest, by=by)


def _version(case: ReissueCase, latest: Approval | None, *, by: Actor) -> str:
    if latest is None:
        return str(case.state)
    ahead = count_ahead(latest, by=by) if latest.state == ApprovalState.PENDING else 0
    return f"{case.state}.{latest.pk.hex[:8]}.{latest.state}.{ahead}"


def _head(desk: Desk) -> CaseHead:
    case, decider = desk.case, desk.approved.decider if desk.approved else None
    return head(case.customer, channel=case.get_channel_display(), teller=case.owner, decider=decider)


def head(customer: Customer, *, channel: str, teller: Staff, decider: Staff | None) -> CaseHead:
    """The masked facts over whatever is done for a customer."""
    return CaseHead(
        customer=customer.pk,
        customer_no=masks.customer_no(customer.number),
        name=masks.name(customer.name),
        birth=masks.birth(customer.birth_on),
        gender=customer.get_gender_display(),
        phone=masks.phone(customer.phone),
        account=masks.account(customer.account),
        channel=channel,
        teller=shown.person(teller),
        decider=shown.person(decider),
    )


def _exchange(desk: Desk) -> ExchangeCard:
    old, new = desk.case.old_device, desk.case.new_device
    return ExchangeCard(
        old_kind=things.kind(old),
        old_serial=_serial(old, desk),
        old_status=things.of_device(old) if old else None,
        new_kind=things.kind(new),
        new_serial=_serial(new, desk),
        new_status=things.of_device(new) if new else None,
        elsewhere=desk.case.customer.other_institutions,
    )


def _serial(device: Device | None, desk: Desk) -> Serial | None:
    """Whole for the teller who holds the device and must compare it, the last four digits for everybody else."""
    if device is None:
        return None
    return Serial.whole(device.serial) if desk.own and desk.open else Serial.masked(device.serial)


def _cancel_reasons(desk: Desk) -> tuple[Choice, ...]:
    if not desk.own or (CaseState(desk.case.state), CaseStep.CANCEL) not in TRANSITIONS:
        return ()
    return tuple(Choice(code, label) for code, label in CANCEL_REASONS.items())


def _ended(case: ReissueCase) -> str:
    """How a case ended, in a sentence or two; empty while it goes on."""
    if case.ended_at is None:
        return ""
    when = shown.day_and_time(case.ended_at)
    reason = CANCEL_REASONS.get(case.end_reason) or dict(ReturnReason.choices).get(case.end_reason, case.end_reason)
    sentences = {
        CaseState.COMPLETED: f"{when}에 교부하고 마쳤습니다.",
        CaseState.REFUSED: f"{when}에 승인거절로 끝났습니다. 사유: {reason}.",
        CaseState.CANCELLED: f"{when}에 취소하였습니다. 사유: {reason}.",
        CaseState.EXPIRED: f"{when}에 기한이 지나 끝났습니다.",
    }
    refund = " 받은 수수료는 환급대상입니다." if case.fee_state == FeeState.REFUND_DUE else ""
    return sentences.get(CaseState(case.state), "") + refund


def _announcement(desk: Desk) -> str:
    """What the poll says once when the decision has come."""
    match CaseState(desk.case.state):
        case CaseState.APPROVED if desk.fee_due:
            return "승인되었습니다. 수수료를 수납해 주십시오."
        case CaseState.APPROVED:
            return "승인되었습니다. 고객님께 새 기기의 번호를 여쭈어 주십시오."
        case CaseState.IN_PROGRESS if desk.latest and desk.latest.state == ApprovalState.RETURNED:
            return "반려되었습니다. 사유를 확인해 주십시오."
        case CaseState.IN_PROGRESS:
            return "승인 요청이 끝났습니다. 다시 요청해 주십시오."
        case CaseState.REFUSED:
            return "승인거절되었습니다."
        case _:
            return ""
