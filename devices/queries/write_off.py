"""Lists of devices to be destroyed, what a second witness is shown, and the certificate (폐기확인서)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from devices.models import Device, WriteOff
from nh_otp.access import Actor
from nh_otp.errors import NotFound
from nh_otp.four_eyes import decisions


def load(write_off_ref: UUID, *, by: Actor) -> WriteOff:
    """A list of the own branch. Raises NotFound."""
    found = WriteOff.objects.filter(pk=write_off_ref, branch_id=by.branch_pk).select_related("witness").first()
    if found is None:
        raise NotFound()
    return found


def digest_of(write_off: WriteOff, devices: Sequence[Device]) -> str:
    """What the second witness confirms: which devices, in which state, destroyed how; vendors must be loaded."""
    content = {
        "number": write_off.number,
        "branch": write_off.branch_id,
        "method": str(write_off.method),
        "devices": sorted(f"{device.vendor.code}:{device.serial}:{device.state}" for device in devices),
    }
    return decisions.digest_of(content)
