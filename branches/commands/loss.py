"""Loss reports (사고신고): anyone may stop a device at once; only two people let it live again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from branches.models import Channel, Customer, LossKind, LossReport, LossReportDevice, NoticeTemplate, Reporter
from branches.queries.notices import to_customer
from devices import custody
from devices.models import CentreVerb
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.numbers import next_number
from nh_otp.outbox.models import enqueue


@command(
    action="loss.reported",
    needs=Permission.REPORT_LOSS,
    facts=("number", "kind", "channel", "reporter", "suspended"),
)
def report_loss(
    trail: Trail,
    *,
    by: Actor,
    customer_ref: UUID,
    devices: Collection[UUID],
    kind: LossKind,
    reporter: Reporter = Reporter.SELF,
    channel: Channel = Channel.COUNTER,
    claimed_at: datetime | None = None,
    place: str = "",
    once: Once | None = None,
) -> LossReport:
    """Suspend the reported devices in the transaction that writes the report; nobody has to approve.

    The database makes `received_at`: from then on the bank bears the damage (전자금융거래법 art. 10).
    """
    customer = Customer.objects.lock(customer_ref, by=by)
    trail.about(customer, kind=kind, channel=channel, reporter=reporter)
    stopped = custody.suspend(devices, customer_id=customer.pk, at=trail.at)
    report = LossReport.objects.create(
        number=next_number("L", "loss_number"),
        customer=customer,
        kind=kind,
        channel=channel,
        reporter=reporter,
        claimed_at=claimed_at,
        place=place,
        branch_id=by.branch_pk,
        receiver_id=by.staff_pk,
    )
    _name_devices(report, stopped, at=trail.at)
    trail.about(report, *(line.device for line in stopped), number=report.number, suspended=sum(s.now for s in stopped))
    return report


def _name_devices(report: LossReport, stopped: Sequence[custody.Stopped], *, at: datetime) -> None:
    """Write the report's lines and tell the centre, ahead of everything else, and the customer."""
    LossReportDevice.objects.bulk_create(
        LossReportDevice(report=report, device=line.device, suspended=line.now) for line in stopped
    )
    enqueue(
        *(custody.to_centre(CentreVerb.SUSPEND, line.device.pk, urgent=True) for line in stopped if line.now),
        to_customer(report.customer_id, NoticeTemplate.LOSS_RECEIVED, number=report.number),
        at=at,
    )
