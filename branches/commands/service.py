"""Services for a device in its customer's hand (오류해제, 시각 보정): what is done at the counter; product.md 8."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from branches.commands.approval import must_be_of_today
from branches.models import Approval, Customer, ReissueCase, StaffCustomer
from branches.states import OPEN, ApprovalState, ApprovalStep
from devices import custody
from devices.models import CodeCheck, Device, DeviceService, DeviceState, ServiceKind, ServiceState, ServiceStep
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, Invalid, NotAllowed, NotFound
from nh_otp.gateways.otp_verifier import Outcome, Verdict
from nh_otp.numbers import next_number


class OwnDevice(NotAllowed):
    code, message = "service.own_device", "본인의 기기는 다른 직원에게 요청해 주십시오."


class ServiceHardStop(Conflict):
    code, message = "service.hard_stop", "기기 업무를 할 수 없는 고객님입니다. 책임자에게 알려 주십시오."


class ServiceNotYours(Conflict):
    code, message = "service.not_yours", "다른 직원이 맡은 업무입니다. 그 직원에게 알려 주십시오."


class Stopped(Conflict):
    code, message = "service.stopped", "사고신고로 정지된 기기입니다. 재발급을 진행해 주십시오."


class NotLocked(Conflict):
    code, message = "service.not_locked", "오류로 잠긴 기기가 아닙니다. 화면을 새로 고쳐 확인해 주십시오."


class NotInUse(Conflict):
    code, message = "service.not_in_use", "오류로 잠긴 기기입니다. 오류해제를 먼저 해 주십시오."


class OutOfDate(Conflict):
    code, message = "service.out_of_date", "유효기간이 지난 기기입니다. 재발급을 시작해 주십시오."


class IdentityFirst(Conflict):
    code, message = "service.identity_first", "본인확인을 먼저 마쳐 주십시오."


class SecondMissing(Invalid):
    code, message = "service.second_missing", "바로 다음에 나온 번호도 입력해 주십시오."


class DecidedAlready(Conflict):
    code, message = "service.decided", "결재된 업무입니다. 취소하지 마시고 마무리해 주십시오."


class ReissueGoesOn(Conflict):
    code = "service.reissue_open"
    message = "이 기기로 진행 중인 재발급 건이 있습니다. 그 건을 마치거나 취소해 주십시오."


NEEDS: Mapping[ServiceKind, tuple[DeviceState, type[Conflict]]] = {
    ServiceKind.UNLOCK: (DeviceState.LOCKED, NotLocked),
    ServiceKind.RESYNC: (DeviceState.IN_USE, NotInUse),
}
"""The state in which a device is served, and what is said of any other."""


EXPIRES = (ServiceState.OPEN, ServiceState.APPROVED)
"""States in which a service does not outlive its day; a waiting request lapses by itself."""


@command(action="service.opened", needs=Permission.SERVE_DEVICE, facts=("number", "kind"))
def open_service(
    trail: Trail, *, by: Actor, customer_ref: UUID, device: UUID, kind: ServiceKind, once: Once | None = None
) -> DeviceService:
    """Begin an unlock or a time correction for a device its customer brought."""
    customer = Customer.objects.lock(customer_ref, by=by)
    trail.about(customer, kind=kind)
    _refuse_hard_stops(customer, by)
    _refuse_open_case(device)
    thing = custody.held(device, customer_id=customer.pk)
    _must_be_serviceable(thing, kind, trail)
    service = DeviceService.objects.create(
        number=next_number("S", "service_number"),
        kind=kind,
        branch_id=by.branch_pk,
        owner_id=by.staff_pk,
        customer=customer,
        device=thing,
        opened_at=trail.at,
    )
    trail.about(service, thing, number=service.number)
    return service


def _refuse_hard_stops(customer: Customer, by: Actor) -> None:
    if customer.deceased or customer.payment_suspended or customer.e_banking_restricted:
        raise ServiceHardStop()
    if StaffCustomer.objects.filter(customer=customer, person_no=by.person_no).exists():
        raise OwnDevice()


def _refuse_open_case(device: UUID) -> None:
    if ReissueCase.objects.filter(old_device=device, state__in=OPEN).exists():
        raise ReissueGoesOn()


def _must_be_serviceable(device: Device, kind: ServiceKind, trail: Trail) -> None:
    state, refusal = NEEDS[kind]
    if device.state == DeviceState.SUSPENDED:
        raise Stopped()
    if device.state != state:
        raise refusal()
    if device.valid_until < timezone.localdate(trail.at):
        raise OutOfDate()


def own_service(service_ref: UUID, *, by: Actor) -> DeviceService:
    """The service, locked behind its customer, if this person runs it. Raises NotFound or ServiceNotYours."""
    service = DeviceService.objects.get_visible(service_ref, by=by)
    Customer.objects.select_for_update(no_key=True).get(pk=service.customer_id)
    service = DeviceService.objects.lock(service_ref, by=by)
    if service.owner_id != by.staff_pk:
        raise ServiceNotYours()
    return service


def must_be_open(service: DeviceService) -> None:
    """Refuse unless the tasks at the counter are still to be done."""
    if service.state != ServiceState.OPEN:
        raise Conflict()


@command(action="service.code_asked", needs=Permission.SERVE_DEVICE)
def ask_service_code(
    trail: Trail, *, by: Actor, service_ref: UUID, pair: bool, once: Once | None = None
) -> DeviceService:
    """Say that one code, or a pair, is about to be checked: the customer is proven. The codes are not here."""
    service = own_service(service_ref, by=by)
    trail.about(service)
    must_be_open(service)
    if service.identity is None:
        raise IdentityFirst()
    must_be_of_today(service.identity, by=by, at=trail.at)
    if service.kind == ServiceKind.RESYNC and not pair:
        raise SecondMissing()
    return service


@command(action="service.code_answered", needs=Permission.SERVE_DEVICE, facts=("answer", "shift_seconds", "tries_left"))
def record_service_code(
    trail: Trail, *, by: Actor, service_ref: UUID, verdict: Verdict, once: Once | None = None
) -> DeviceService:
    """Note the verifier's answer; a time correction within the cap is done with it, all else awaits a decision."""
    service = own_service(service_ref, by=by)
    trail.about(service, answer=verdict.outcome, tries_left=verdict.tries_left, shift_seconds=verdict.drift_seconds)
    if verdict.verification is None or service.state != ServiceState.OPEN:
        return service
    check = CodeCheck.objects.filter(pk=verdict.verification, device=service.device_id, subject=service.pk).first()
    if check is None:
        raise NotFound()
    service.write(verification=check, shift_seconds=verdict.drift_seconds or 0)
    if service.kind == ServiceKind.RESYNC and verdict.outcome is Outcome.MATCH:
        service.take(ServiceStep.FINISH, ended_at=trail.at)
        trail.about(Device(pk=service.device_id), service.customer)
    return service


@command(action="service.cancelled", needs=Permission.SERVE_DEVICE, facts=("reason",))
def cancel_service(
    trail: Trail, *, by: Actor, service_ref: UUID, reason: str, once: Once | None = None
) -> DeviceService:
    """End a service undone; a request that waits goes with it. What was decided is finished instead."""
    service = own_service(service_ref, by=by)
    trail.about(service, service.customer, reason=reason)
    if service.state == ServiceState.APPROVED and service.device.state == NEEDS[ServiceKind(service.kind)][0]:
        raise DecidedAlready()
    service.take(ServiceStep.CANCEL, ended_at=trail.at, end_reason=reason)
    waiting = Approval.objects.filter(subject=service.pk, state=ApprovalState.PENDING)
    request = waiting.select_for_update(no_key=True).first()
    if request is not None:
        request.take(ApprovalStep.WITHDRAW)
        trail.about(request)
    return service


@command(action="service.expired", needs=Permission.RUN_CLOCK)
def expire_service(trail: Trail, *, by: Actor, service_ref: UUID) -> None:
    """End a service of an earlier day that came to nothing: its identity check has lost its day."""
    customer = DeviceService.objects.get_visible(service_ref, by=by).customer_id
    Customer.objects.select_for_update(no_key=True).get(pk=customer)
    service = DeviceService.objects.lock(service_ref, by=by)
    trail.about(service)
    if timezone.localdate(service.opened_at) == timezone.localdate(trail.at) or service.state not in EXPIRES:
        trail.nothing_new()
        return
    service.take(ServiceStep.CANCEL, ended_at=trail.at, end_reason="EXPIRED")
