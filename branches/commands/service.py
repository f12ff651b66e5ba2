"""Services for a device in its customer's hand (오류해제, 시각 보정): from opening to the request for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils import timezone

from branches.models import Customer, ReissueCase, StaffCustomer
from branches.states import OPEN
from devices import custody
from devices.models import Device, DeviceService, DeviceState, ServiceKind, ServiceState
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, NotAllowed
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


class ReissueGoesOn(Conflict):
    code = "service.reissue_open"
    message = "이 기기로 진행 중인 재발급 건이 있습니다. 그 건을 마치거나 취소해 주십시오."


NEEDS: Mapping[ServiceKind, tuple[DeviceState, type[Conflict]]] = {
    ServiceKind.UNLOCK: (DeviceState.LOCKED, NotLocked),
    ServiceKind.RESYNC: (DeviceState.IN_USE, NotInUse),
}
"""The state in which a device is served, and what is said of any other."""


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
