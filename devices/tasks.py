"""Carrying messages to the shared OTP centre, and what the clock asks for of the stock."""

from __future__ import annotations

import random
from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from devices.commands.centre import record_receipt
from devices.commands.stock_check import check_stock
from devices.commands.write_off import lapse_write_off
from devices.models import CentreVerb, Device, Holding
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.errors import Unavailable
from nh_otp.four_eyes.models import Approval
from nh_otp.four_eyes.states import ApprovalKind, ApprovalState
from nh_otp.gateways.otp_centre import DeviceKey, Receipt
from nh_otp.outbox.models import postpone, waiting
from nh_otp.periodic import alone

log = structlog.get_logger(__name__)


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


@shared_task(name="devices.tasks.lapse_write_offs")
def lapse_write_offs() -> None:
    """Let every list of devices to destroy that nobody confirmed in time end."""
    now = timezone.now()
    with alone("devices.lapse_write_offs") as mine:
        waiting_ones = Approval.objects.filter(kind=ApprovalKind.WRITE_OFF, state=ApprovalState.PENDING)
        due = waiting_ones.filter(lapses_at__lte=now).values_list("pk", flat=True)
        for approval in list(due[:500]) if mine else []:
            lapse_write_off(by=Actor.system("clock"), approval=approval, at=now)


@shared_task(name="devices.tasks.compare_stock")
def compare_stock() -> None:
    """Compare ledger and devices; a difference is on record and in the log of errors."""
    with alone("devices.compare_stock") as mine:
        found = check_stock(by=Actor.system("clock")) if mine else ()
    for difference in found:
        log.error("stock.differs", **difference._asdict())
