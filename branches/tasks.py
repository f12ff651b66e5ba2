"""Carrying notices to customers, and what the clock asks for."""

from __future__ import annotations

import random
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from branches.commands.approval import lapse_request
from branches.commands.notice import record_notice
from branches.commands.reissue import lapse_reservation
from branches.commands.service import expire_service
from branches.commands.service_decision import lapse_service
from branches.errands.service import finish
from branches.models import Approval, Customer, NoticeTemplate
from branches.queries.asked import KINDS
from branches.queries.notices import words
from branches.queries.reservations import reservations_due
from branches.queries.service import left_open, stuck
from branches.states import ApprovalState
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.errors import DomainError, Unavailable
from nh_otp.four_eyes.states import ApprovalKind
from nh_otp.gateways.sms import Text
from nh_otp.outbox.models import postpone, waiting
from nh_otp.periodic import alone

MOST = 500
"""Rows one run takes; the next one goes on."""


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
    now, clock = timezone.now(), Actor.system("clock")
    due = Approval.objects.filter(kind__in=KINDS, state=ApprovalState.PENDING, lapses_at__lte=now)
    for approval, kind in list(due.order_by("lapses_at").values_list("pk", "kind")[:MOST]):
        lapse = lapse_request if kind == ApprovalKind.REISSUE else lapse_service
        lapse(by=clock, approval=approval, at=now)


@shared_task(name="branches.tasks.finish_services")
def finish_services() -> None:
    """Finish what was decided and got stuck, and end what an earlier day left open."""
    clock, today = Actor.system("clock"), timezone.localdate()
    for service in list(left_open(before=today)[:MOST]):
        expire_service(by=clock, service_ref=service)
    for service in list(stuck()[:MOST]):
        try:
            finish(by=clock, service_ref=service)
        except Unavailable:
            return
        except DomainError:
            # it stays where it is: the teller is told, and it ends with its day
            continue


@shared_task(name="branches.tasks.lapse_reservations")
def lapse_reservations() -> None:
    """Put every device back into its till for which nobody asked approval in time."""
    now = timezone.now()
    with alone("branches.lapse_reservations") as mine:
        due = list(reservations_due(now).values_list("pk", flat=True)[:500]) if mine else []
        for case in due:
            lapse_reservation(by=Actor.system("clock"), case_ref=case, at=now)
