"""The page of a device service (1120), and a customer's services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from branches.models import IdentityCheck, ReturnReason
from branches.queries import labels, timeline
from branches.queries.case import head, requests_of
from branches.queries.case_payload import approval_task, identity_task
from branches.queries.choices import SERVICE_CANCEL_REASONS
from branches.queries.rows.customer import ServiceRow
from branches.queries.rows.service import FinishTask, ServedDevice, ServiceCodeTask, ServicePage
from branches.queries.service_desk import CODE, DECISION, IDENTITY, ServiceDesk
from devices.models import DeviceService, DeviceState, ServiceKind, ServiceState
from devices.queries import labels as things
from devices.queries.registered import failures_of
from nh_otp import shown
from nh_otp.access import Actor, Permission
from nh_otp.shown import Choice, Serial

LOADED = ("customer", "owner", "device__product", "identity__checked_by", "verification")
SHOWN = 10


def service_page(ref: UUID, *, by: Actor, at: datetime, answer: str = "") -> ServicePage:
    """Everything about one service; `answer` is what the verifier said. Raises NotFound."""
    desk = _desk(ref, by=by, at=at)
    service, approved = desk.service, desk.approved
    return ServicePage(
        ref=service.pk,
        number=service.number,
        kind=service.get_kind_display(),
        state=labels.of_service(service.state),
        head=head(
            service.customer,
            channel="창구",
            teller=service.owner,
            decider=approved.decider if approved else None,
        ),
        device=_device(desk),
        tasks=desk.rows(),
        timeline=timeline.of_service(service.pk),
        version=_version(desk),
        ended=_ended(service),
        held_by=shown.person(service.owner) if desk.open and not desk.own else "",
        cancel_reasons=_cancel_reasons(desk),
        **_payload(desk, answer),
    )


def service_version(ref: UUID, *, by: Actor, at: datetime) -> str:
    """What the poll compares: changes whenever the waiting page has something new to show. Raises NotFound."""
    return _version(_desk(ref, by=by, at=at))


def _desk(ref: UUID, *, by: Actor, at: datetime) -> ServiceDesk:
    by.must(Permission.VIEW_CASES)
    service = DeviceService.objects.select_related(*LOADED).get_visible(ref, by=by)
    return ServiceDesk(service, requests_of(ref), by, at)


def _version(desk: ServiceDesk) -> str:
    latest = desk.latest
    return f"{desk.service.state}.{latest.state if latest else ''}.{len(desk.requests)}"


def _device(desk: ServiceDesk) -> ServedDevice:
    device, whole = desk.service.device, desk.own and desk.open
    return ServedDevice(
        kind=things.kind(device),
        serial=Serial.whole(device.serial) if whole else Serial.masked(device.serial),
        status=things.of_device(device),
        wrong_codes=failures_of([device.pk]).get(device.pk, 0),
        elsewhere=desk.service.customer.other_institutions,
    )


def _payload(desk: ServiceDesk, answer: str) -> dict[str, Any]:
    """The payload of the current task for whoever runs the service; finishing is open to every colleague."""
    service, current = desk.service, desk.current()
    if service.state == ServiceState.APPROVED:
        decider = desk.approved.decider if desk.approved else None
        return {"finish": FinishTask(shown.person(decider))} if desk.by.may(Permission.FINISH_SERVICE) else {}
    if not desk.own:
        return {}
    if current == IDENTITY:
        return {"identity": identity_task(IdentityCheck.objects.filter(service=service))}
    if current == CODE:
        return {"code": _code(service, answer)}
    if current == DECISION:
        asked = service.state == ServiceState.AWAITING_DECISION
        return {"approval": approval_task(desk.latest, asked=asked, ready=True, by=desk.by)}
    return {}


def _code(service: DeviceService, answer: str) -> ServiceCodeTask:
    return ServiceCodeTask(
        digits=service.device.product.digits,
        kind=things.kind(service.device),
        serial=Serial.masked(service.device.serial),
        pair=service.kind == ServiceKind.RESYNC,
        answer=answer,
    )


def _cancel_reasons(desk: ServiceDesk) -> tuple[Choice, ...]:
    if not desk.own or not desk.open:
        return ()
    return tuple(Choice(code, label) for code, label in SERVICE_CANCEL_REASONS.items())


def _ended(service: DeviceService) -> str:
    """How a service ended, in a sentence or two; empty while it goes on."""
    if service.ended_at is None:
        return ""
    when = shown.day_and_time(service.ended_at)
    match ServiceState(service.state):
        case ServiceState.DONE if service.kind == ServiceKind.UNLOCK:
            return f"{when}에 오류잠김을 해제하였습니다. 고객님은 기기를 바로 쓰실 수 있습니다."
        case ServiceState.DONE:
            return f"{when}에 시각을 보정하였습니다. {_corrected(service)}"
        case ServiceState.REFUSED:
            return f"{when}에 승인거절로 끝났습니다. 사유: {ReturnReason(service.end_reason).label}."
        case _:
            reason = SERVICE_CANCEL_REASONS.get(service.end_reason, "기한경과")
            return f"{when}에 취소하였습니다. 사유: {reason}."


def _corrected(service: DeviceService) -> str:
    if not service.shift_seconds:
        return "기기의 시각은 맞았습니다."
    return (
        f"기기 시각이 {abs(service.shift_seconds)}초 {'빨라' if service.shift_seconds > 0 else '느려'} 보정하였습니다."
    )


def services_of(customer_ref: UUID) -> Sequence[DeviceService]:
    """A customer's services, newest first, whatever branch they went to."""
    found = DeviceService.objects.filter(customer_id=customer_ref).select_related("device", "owner")
    return list(found.order_by("-opened_at", "-pk")[:SHOWN])


def service_row(service: DeviceService, *, by: Actor) -> ServiceRow:
    """One line of the list on the customer's page."""
    return ServiceRow(
        ref=service.pk,
        number=service.number,
        kind=service.get_kind_display(),
        state=labels.of_service(service.state),
        serial=Serial.masked(service.device.serial),
        opened_at=service.opened_at,
        teller=shown.person(service.owner),
        visible=service.branch_id == by.branch_id,
    )


def stuck() -> QuerySet[DeviceService, UUID]:
    """Services that were decided and whose device still waits to be put in order."""
    decided = DeviceService.objects.filter(state=ServiceState.APPROVED)
    fits = Q(kind=ServiceKind.UNLOCK, device__state=DeviceState.LOCKED) | Q(kind=ServiceKind.RESYNC)
    return decided.filter(fits).order_by("opened_at", "pk").values_list("pk", flat=True)


def left_open(*, before: date) -> QuerySet[DeviceService, UUID]:
    """Services of an earlier day that came to nothing."""
    midnight = timezone.make_aware(datetime.combine(before, time.min))
    left = DeviceService.objects.filter(state__in=[ServiceState.OPEN, ServiceState.APPROVED], opened_at__lt=midnight)
    return left.order_by("opened_at", "pk").values_list("pk", flat=True)
