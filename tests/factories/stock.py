"""Devices in every place a branch can have them, each brought there by the steps the house allows."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from branches.models import Branch, Customer
from devices.models import Device, Move, Product, ProductKind, Vendor
from devices.states import DeviceStep
from tests.factories.cast import device, held_device, voucher


def quarantined(*, at: Branch) -> Device:
    """A device that was opened and given back."""
    thing = device(at=at)
    thing.take(DeviceStep.RESERVE)
    thing.move(DeviceStep.GIVE_BACK_OPENED, voucher())
    return thing


def faulty(*, at: Branch) -> Device:
    thing = device(at=at)
    thing.move(DeviceStep.CONDEMN, voucher())
    return thing


def missing(*, at: Branch) -> Device:
    thing = device(at=at)
    thing.move(DeviceStep.MISS, voucher())
    return thing


def retired(*, by: Customer) -> Device:
    """A device whose customer has no more use for it, and still has it."""
    thing = held_device(by)
    thing.move(DeviceStep.RETIRE, voucher(), retired_at=timezone.now())
    thing.holdings.update(ended_at=timezone.now())
    return thing


def returned(*, by: Customer) -> Device:
    thing = retired(by=by)
    thing.hand(Move.TAKE_BACK, voucher(), returned_at=timezone.now())
    return thing


def same_serial_of_another_vendor(other: Device) -> Device:
    """The device of a second vendor that carries the same number, in the same till."""
    vendor = Vendor.objects.get_or_create(code="204", defaults={"name": "누리정보"})[0]
    kind = ProductKind(other.product.kind)
    product = Product.objects.get_or_create(
        code=f"NR-{kind}", defaults={"vendor": vendor, "name": "누리 토큰", "kind": kind}
    )[0]
    thing = device(at=other.branch, till=other.till)
    Device.objects.filter(pk=thing.pk).update(vendor=vendor, product=product, serial=other.serial)
    thing.refresh_from_db()
    return thing


def imbalance() -> list[tuple[object, ...]]:
    """Where the ledger tells another number than the devices; always empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, told, found FROM stock_imbalance")
        return list(cursor.fetchall())
