"""How a device is called and looks on every screen."""

from __future__ import annotations

from collections.abc import Mapping

from devices.models import Device, DeviceState, ProductKind
from nh_otp.shown import Status, Tone

D = DeviceState

DEVICE: Mapping[DeviceState, Tone] = {
    D.QUARANTINED: Tone.WAITING,
    D.IN_STOCK: Tone.DONE,
    D.IN_TRANSIT: Tone.WAITING,
    D.RESERVED: Tone.WAITING,
    D.IN_USE: Tone.IN_USE,
    D.SUSPENDED: Tone.STOPPED,
    D.LOCKED: Tone.STOPPED,
    D.MISSING: Tone.BACK,
    D.FAULTY: Tone.BACK,
    D.RETIRED: Tone.STOPPED,
    D.DESTROYED: Tone.NOT_YET,
}


def of_device(device: Device) -> Status:
    state = DeviceState(device.state)
    return Status(state.label, DEVICE[state])


def kind(device: Device | None) -> str:
    """토큰형; the product must be loaded."""
    return ProductKind(device.product.kind).label if device else ""
