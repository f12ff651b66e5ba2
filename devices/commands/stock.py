"""What a keeper says of one device in the bank's hands: missing, found, no good, checked, handed in by its customer."""

from __future__ import annotations

from uuid import UUID

from devices.models import Device, DeviceState, Move, Voucher
from devices.queries.device import scanned
from devices.states import DeviceStep, Disappearance, Fault
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, Invalid, NotAllowed, NotFound
from nh_otp.numbers import next_number


class OtherKeeper(NotAllowed):
    code, message = (
        "stock.other_keeper",
        "다른 직원이 보관하는 기기입니다. 보관하는 직원이나 책임자에게 요청해 주십시오.",
    )


class SetAside(Conflict):
    code = "stock.set_aside"
    message = "재발급 건에 배정된 기기입니다. 그 건에서 다른 기기로 바꾸거나 건을 취소해 주십시오."


class NotInspected(Invalid):
    code, message = "stock.not_inspected", "봉인과 외관, 표시창을 확인하고 표시해 주십시오."


class LotNotReleased(Conflict):
    code, message = "stock.lot_not_released", "입고 검수가 끝나지 않은 기기입니다. 입고 단위로 검수해 주십시오."


class NotEnded(Conflict):
    code, message = "stock.not_ended", "해지된 기기만 회수할 수 있습니다. 기기 상태를 확인해 주십시오."


class AlreadyTakenBack(Conflict):
    code, message = "stock.already_taken_back", "이미 회수한 기기입니다."


def voucher(by: Actor, trail: Trail) -> Voucher:
    """A new voucher (전표) for what this command moves; its number stands in the entry and in the ledger."""
    number = next_number("V", "stock_number")
    trail.fact(number=number)
    return Voucher(by.staff_no, number, trail.at)


def kept_device(device_ref: UUID, *, by: Actor) -> Device:
    """A device, locked, that this person answers for: in the own till, or anywhere in the branch for its keepers.

    Raises NotFound, OtherKeeper, SetAside.
    """
    device = Device.objects.lock().filter(pk=device_ref, branch_id=by.branch_pk).first()
    if device is None:
        raise NotFound()
    if device.till_id != by.staff_pk and not by.may(Permission.KEEP_STOCK):
        raise OtherKeeper()
    if device.state == DeviceState.RESERVED:
        raise SetAside()
    return device


@command(action="stock.missing", needs=Permission.HANDLE_DEVICE, facts=("number", "reason"))
def report_missing(
    trail: Trail, *, by: Actor, device_ref: UUID, reason: Disappearance, once: Once | None = None
) -> Device:
    """Say that a device the bank should have is not there; from now on nobody can hand it out."""
    device = kept_device(device_ref, by=by)
    device.move(DeviceStep.MISS, voucher(by, trail), till=None)
    trail.about(device, reason=reason)
    return device


@command(action="stock.found", needs=Permission.HANDLE_DEVICE, facts=("number",))
def find_device(trail: Trail, *, by: Actor, device_ref: UUID, once: Once | None = None) -> Device:
    """Say that a missing device is here again, whoever found it; it must be checked before anything else."""
    device = Device.objects.lock().filter(pk=device_ref, branch__entity_id=by.entity_id).first()
    if device is None:
        raise NotFound()
    device.move(DeviceStep.FIND, voucher(by, trail), branch_id=by.branch_pk)
    trail.about(device)
    return device


@command(action="stock.condemned", needs=Permission.HANDLE_DEVICE, facts=("number", "reason"))
def condemn_device(trail: Trail, *, by: Actor, device_ref: UUID, reason: Fault, once: Once | None = None) -> Device:
    """Put a device that is no good aside, to be destroyed."""
    device = kept_device(device_ref, by=by)
    device.move(DeviceStep.CONDEMN, voucher(by, trail), till=None)
    trail.about(device, reason=reason)
    return device


@command(action="stock.released", needs=Permission.KEEP_STOCK, facts=("number",))
def release_device(trail: Trail, *, by: Actor, device_ref: UUID, inspected: bool, once: Once | None = None) -> Device:
    """Put one checked device back into the branch's safe; a lot is released as a whole, by other means."""
    device = kept_device(device_ref, by=by)
    if not inspected:
        raise NotInspected()
    if device.moved_how == Move.RECEIVE and device.state == DeviceState.QUARANTINED:
        raise LotNotReleased()
    device.move(DeviceStep.RELEASE, voucher(by, trail), till=None)
    trail.about(device)
    return device


@command(action="stock.taken_back", needs=Permission.HANDLE_DEVICE, facts=("number",))
def take_back(trail: Trail, *, by: Actor, serial: str, vendor: str = "", once: Once | None = None) -> Device:
    """Take in a device whose customer has no more use for it, at whatever branch; no code of it is asked for."""
    device = Device.objects.lock().get(pk=scanned(serial, by=by, vendor=vendor).pk)
    if device.state != DeviceState.RETIRED:
        raise NotEnded()
    if device.returned_at is not None:
        raise AlreadyTakenBack()
    device.hand(Move.TAKE_BACK, voucher(by, trail), returned_at=trail.at, branch_id=by.branch_pk)
    trail.about(device)
    return device
