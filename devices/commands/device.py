"""Looking at a device is on record, as looking at its holder is."""

from __future__ import annotations

from uuid import UUID

from devices.queries.device import visible
from nh_otp.access import Actor, Permission
from nh_otp.audit.models import AuditRow, Outcome
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import NotFound
from nh_otp.policy import POLICY

VIEWED = "device.viewed"


@command(action=VIEWED, needs=Permission.VIEW_STOCK)
def look_at_device(trail: Trail, *, by: Actor, device_ref: UUID) -> None:
    """Put on record that somebody looks at a device: once per viewer, device and 10 minutes."""
    device = visible(by).filter(pk=device_ref).first()
    if device is None:
        raise NotFound()
    trail.about(device)
    looks = AuditRow.about("Device", device.ref).filter(action=VIEWED, outcome=Outcome.DONE, staff_no=by.staff_no)
    if looks.filter(at__gt=trail.at - POLICY.view_entry_every).exists():
        trail.nothing_new()
