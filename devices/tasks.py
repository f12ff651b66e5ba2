"""Carrying messages to the shared OTP centre. A task knows an id; everything else it reads again."""

from __future__ import annotations

import random
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from devices.commands.centre import record_receipt
from devices.models import CentreVerb, Device, Holding
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.errors import Unavailable
from nh_otp.gateways.otp_centre import DeviceKey, Receipt
from nh_otp.outbox.models import postpone, waiting


@shared_task(name="devices.tasks.tell_centre")
def tell_centre(*, message_id: str, **_: object) -> None:
    """Tell the centre what became of a device; idempotent at the centre by the message's id."""
    message = waiting(UUID(message_id))
    if message is None:
        return
    device, verb = UUID(message.content["device"]), CentreVerb(message.content["verb"])
    try:
        receipt = _tell(device, verb, message.id)
    except (Unavailable, gateways.Refused) as error:
        postpone(message, error=error.code, at=timezone.now(), jitter=random.SystemRandom())
        return
    record_receipt(
        by=Actor.system("otp-centre"),
        message=message.id,
        device_ref=device,
        verb=verb,
        number=receipt.number,
        at=timezone.now(),
    )


def _tell(device_id: UUID, verb: CentreVerb, message_id: UUID) -> Receipt:
    device = Device.objects.select_related("vendor").get(id=device_id)
    key, centre = DeviceKey(device.vendor.code, device.serial), gateways.otp_centre()
    match verb:
        case CentreVerb.SUSPEND:
            return centre.suspend(device=key, message_id=message_id)
        case CentreVerb.RETIRE:
            return centre.retire(device=key, message_id=message_id)
        case CentreVerb.RESET_ERRORS:
            return centre.reset_errors(device=key, message_id=message_id)
        case CentreVerb.REGISTER:
            holder = Holding.objects.only("customer_id").get(device=device, ended_at=None)
            return centre.register(device=key, customer_key=str(holder.customer_id), message_id=message_id)
