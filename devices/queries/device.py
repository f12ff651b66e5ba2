"""One device (3010): what it is, where it is, its whole life, and what may be done with it now."""

from __future__ import annotations

from django.db.models import QuerySet

from devices import custody
from devices.models import Device
from nh_otp.access import Actor


def visible(by: Actor) -> QuerySet[Device]:
    """Devices of the own legal entity; another bank's do not exist here."""
    return Device.objects.filter(branch__entity_id=by.entity_id)


def scanned(serial: str, *, by: Actor, vendor: str = "") -> Device:
    """The device with a scanned or typed serial. Raises UnreadableSerial, UnknownDevice, AmbiguousSerial."""
    found = visible(by).filter(serial=custody.normal_serial(serial)).select_related("vendor")
    return custody.one_of([device for device in found if vendor in ("", device.vendor.code)])
