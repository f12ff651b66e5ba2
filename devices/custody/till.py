"""The counter window: devices set aside from a till for a case, and given back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import DateField, ExpressionWrapper, F, QuerySet

from devices.custody.refusals import (
    AlreadyAssigned,
    AmbiguousSerial,
    NotAssignable,
    OtherTill,
    TillEmpty,
    TooOld,
    UnknownDevice,
    UnreadableSerial,
)
from devices.models import Device, Voucher
from devices.serials import spelled
from devices.states import DeviceState, DeviceStep

DAYS_PER_MONTH = 30


def normal_serial(text: str) -> str:
    """A serial as scanned or typed, in its one spelling. Raises UnreadableSerial."""
    serial = spelled(text)
    if not serial:
        raise UnreadableSerial()
    return serial


def reserve(serial: str, *, till_id: int, branch_id: int, kind: str, on: date, vendor: str = "") -> Device:
    """Set the scanned device of one's own till aside for a case; refused with the reason a teller can act on."""
    found = Device.objects.lock().filter(serial=normal_serial(serial), branch_id=branch_id, product__kind=kind)
    device = _meant(found.select_related("product", "vendor"), till_id=till_id, vendor=vendor)
    if device.state == DeviceState.RESERVED:
        raise AlreadyAssigned()
    if device.state != DeviceState.IN_STOCK:
        raise NotAssignable()
    if device.till_id != till_id:
        raise OtherTill()
    if (device.valid_until - on).days < device.product.minimum_months_left * DAYS_PER_MONTH:
        raise TooOld()
    device.take(DeviceStep.RESERVE)
    return device


def _meant(found: Iterable[Device], *, till_id: int, vendor: str) -> Device:
    """The device a serial means: of two vendors' the one in the own till. Raises UnknownDevice, AmbiguousSerial."""
    devices = [device for device in found if vendor in ("", device.vendor.code)]
    mine = [device for device in devices if device.till_id == till_id and device.state == DeviceState.IN_STOCK]
    return one_of(mine or devices[:1])


def one_of(devices: Sequence[Device]) -> Device:
    """The only one of some devices, vendors loaded. Raises UnknownDevice; AmbiguousSerial names the vendors."""
    if not devices:
        raise UnknownDevice()
    if len(devices) > 1:
        names = " · ".join(sorted(f"{device.vendor.name}({device.vendor.code})" for device in devices))
        raise AmbiguousSerial(f"{AmbiguousSerial.message} {names}")
    return devices[0]


def ready(*, till_id: int, branch_id: int, kind: str, on: date) -> QuerySet[Device]:
    """What may be handed out from a till, the earliest validity first; too short for its product is not ready."""
    months = F("product__minimum_months_left")
    hand_out_until = ExpressionWrapper(F("valid_until") - months * DAYS_PER_MONTH, output_field=DateField())
    return (
        Device.objects.filter(till_id=till_id, branch_id=branch_id, state=DeviceState.IN_STOCK, product__kind=kind)
        .annotate(hand_out_until=hand_out_until)
        .filter(hand_out_until__gte=on)
        .order_by("valid_until", "pk")
    )


def take_next(*, till_id: int, branch_id: int, kind: str, on: date) -> Device:
    """Set the next device of one's own till aside; who asks at the same moment gets another. Raises TillEmpty."""
    free = ready(till_id=till_id, branch_id=branch_id, kind=kind, on=on).select_related("product", "vendor")
    device = free.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if device is None:
        raise TillEmpty()
    device.take(DeviceStep.RESERVE)
    return device


def give_back(device_id: UUID, *, opened: bool, on: Voucher) -> Device:
    """Return a device whose case ended: unopened to the till, opened to be checked, never back to the till."""
    device = Device.objects.lock().get(pk=device_id)
    if opened:
        device.move(DeviceStep.GIVE_BACK_OPENED, on, till=None)
    else:
        device.take(DeviceStep.GIVE_BACK_UNOPENED)
    return device
