"""Devices between a branch's safe (금고) and the tills (시재) of its staff."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import get_user_model

from devices import custody
from devices.commands.stock import voucher
from devices.models import Device, DeviceState, Move
from nh_otp.access import GRANTS, Actor, Once, Permission, Role
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, Invalid, NotFound

MOST_AT_ONCE = 200
"""Devices of one voucher: a box as vendors ship it."""


class NoSuchKeeper(NotFound):
    code, message = "stock.no_such_keeper", "이 지점에서 시재를 맡는 직원이 아닙니다. 직원번호를 확인해 주십시오."


class NothingListed(Invalid):
    code, message = "stock.nothing_listed", "옮길 기기를 1개에서 200개까지 스캔해 주십시오."


class NotMovable(Conflict):
    code = "stock.not_movable"
    message = "재고가 아니거나 이미 그곳에 있는 기기가 있습니다. 목록에서 빼고 다시 처리해 주십시오."


@command(action="stock.handed", needs=Permission.KEEP_STOCK, facts=("number", "pieces", "to"))
def hand_to_till(
    trail: Trail, *, by: Actor, serials: Sequence[str], staff_no: str, once: Once | None = None
) -> Sequence[Device]:
    """Hand devices of the branch's stock into the till of a member of staff."""
    keeper = get_user_model().objects.filter(staff_no=staff_no, branch_id=by.branch_pk, is_active=True).first()
    if keeper is None or Permission.KEEP_TILL not in GRANTS[Role(keeper.role)]:
        raise NoSuchKeeper()
    return _hand(trail, serials, by=by, till_id=keeper.pk, to=keeper.staff_no)


@command(action="stock.handed", needs=Permission.KEEP_STOCK, facts=("number", "pieces", "to"))
def return_to_safe(trail: Trail, *, by: Actor, serials: Sequence[str], once: Once | None = None) -> Sequence[Device]:
    """Take devices from tills of the branch back into its safe."""
    return _hand(trail, serials, by=by, till_id=None, to="")


def _hand(trail: Trail, serials: Sequence[str], *, by: Actor, till_id: int | None, to: str) -> Sequence[Device]:
    """All of them or none."""
    devices = listed(serials, by=by)
    if any(device.state != DeviceState.IN_STOCK or device.till_id == till_id for device in devices):
        raise NotMovable()
    on = voucher(by, trail)
    for device in devices:
        device.hand(Move.HAND, on, till_id=till_id)
    trail.about(*devices, pieces=len(devices), to=to)
    return devices


def listed(serials: Sequence[str], *, by: Actor) -> Sequence[Device]:
    """The devices of the own branch that were scanned, locked; `101:260877…` names a vendor where serials clash.

    Raises NothingListed, UnreadableSerial, UnknownDevice, AmbiguousSerial.
    """
    wanted = {(vendor.strip(), custody.normal_serial(serial)) for vendor, serial in map(_parted, serials)}
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise NothingListed()
    found = Device.objects.lock().filter(serial__in={serial for _, serial in wanted}, branch_id=by.branch_pk)
    devices = list(found.select_related("vendor"))
    return sorted({_named(devices, *each) for each in wanted}, key=lambda device: device.pk)


def _parted(text: str) -> tuple[str, str]:
    vendor, _, serial = text.rpartition(":")
    return vendor, serial


def _named(devices: Sequence[Device], vendor: str, serial: str) -> Device:
    meant = [each for each in devices if each.serial == serial and vendor in ("", each.vendor.code)]
    if not meant:
        raise custody.UnknownDevice(f"{custody.UnknownDevice.message} {serial}")
    return custody.one_of(meant)
