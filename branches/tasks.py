"""Carrying notices to customers, and what the clock asks for."""

from __future__ import annotations

import random
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from branches.commands.approval import lapse_request
from branches.commands.notice import record_notice
from branches.models import Approval, Customer, NoticeTemplate
from branches.queries.notices import words
from branches.states import ApprovalState
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.errors import Unavailable
from nh_otp.four_eyes.states import ApprovalKind
from nh_otp.gateways.sms import Text
from nh_otp.outbox.models import postpone, waiting


@shared_task(name="branches.tasks.send_notice")
def send_notice(*, message_id: str, **_: object) -> None:
    """Send one text to the customer's registered phone; idempotent at the gateway by the message's id."""
    message = waiting(UUID(message_id))
    if message is None:
        return
    customer = Customer.objects.get(id=message.content["customer"])
    template = NoticeTemplate(message.content["template"])
    text = Text(to=customer.phone, body=words(template, number=message.content["number"]))
    try:
        receipt = gateways.sms().send(text, message_id=message.id)
    except (Unavailable, gateways.Refused) as error:
        postpone(message, error=error.code, at=timezone.now(), jitter=random.SystemRandom())
        return
    record_notice(
        by=Actor.system("sms"),
        message=message.id,
        customer_ref=customer.pk,
        template=template,
        receipt=receipt.number,
    )


@shared_task(name="branches.tasks.lapse_requests")
def lapse_requests() -> None:
    """Let every request for approval whose time has passed go back to its maker."""
    now = timezone.now()
    waiting = Approval.objects.filter(kind=ApprovalKind.REISSUE, state=ApprovalState.PENDING)
    due = waiting.filter(lapses_at__lte=now).values_list("pk", flat=True)
    for approval in list(due[:500]):
        lapse_request(by=Actor.system("clock"), approval=approval, at=now)
