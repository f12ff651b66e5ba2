from __future__ import annotations

from uuid import UUID

from branches.models import Customer, Notice, NoticeTemplate
from nh_otp.access import Actor, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.outbox.models import settle


@command(action="notice.sent", needs=Permission.RELAY, facts=("template", "receipt"))
def record_notice(
    trail: Trail, *, by: Actor, message: UUID, customer_ref: UUID, template: NoticeTemplate, receipt: str
) -> None:
    """Note that the gateway accepted a text to a customer, once however often it was delivered."""
    if not settle(message, at=trail.at):
        trail.nothing_new()
        return
    customer = Customer.objects.only("id").get(id=customer_ref)
    Notice.objects.create(message=message, customer=customer, template=template, receipt=receipt, sent_at=trail.at)
    trail.about(customer, template=template, receipt=receipt)
