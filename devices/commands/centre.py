"""What the shared OTP centre acknowledged."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from devices.models import CentreReceipt, CentreVerb, Device
from nh_otp.access import Actor, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.outbox.models import settle


@command(action="centre.acknowledged", needs=Permission.RELAY, facts=("verb", "receipt"))
def record_receipt(
    trail: Trail, *, by: Actor, message: UUID, device_ref: UUID, verb: CentreVerb, number: str, at: datetime
) -> None:
    """Note the centre's receipt and settle the message, once however often it was delivered."""
    if not settle(message, at=at):
        trail.nothing_new()
        return
    device = Device.objects.only("id").get(id=device_ref)
    CentreReceipt.objects.create(message=message, device=device, verb=verb, number=number, at=at)
    trail.about(device, verb=verb, receipt=number)
