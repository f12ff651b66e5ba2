"""What goes on paper, masked like the screens."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from branches.models import FeeMethod, LossReport, ReissueCase, Staff
from branches.queries.rows.paper import CaseReceipt, Letterhead, LossReceipt, Notice, SuspendedDevice
from branches.states import CaseState
from devices.models import Device
from devices.queries import labels as things
from nh_otp import masks, shown
from nh_otp.access import Actor, Permission
from nh_otp.errors import Conflict, NotFound
from nh_otp.outbox.models import count_waiting
from nh_otp.shown import Serial

PRINTED = (CaseState.REGISTERED, CaseState.UNDELIVERED, CaseState.COMPLETED)


class NotRegistered(Conflict):
    code, message = "paper.not_registered", "사용등록을 마친 뒤에 출력할 수 있습니다."


def letterhead(*, by: Actor, at: datetime) -> Letterhead:
    """Where and by whom a paper is printed."""
    staff = Staff.objects.select_related("branch__entity", "terminal").get(pk=by.staff_pk)
    return Letterhead(
        entity=staff.branch.entity.name,
        branch=staff.branch.name,
        window=staff.terminal.name if staff.terminal else "",
        staff=shown.person(staff),
        printed_at=at,
        hotline=staff.branch.entity.hotline,
    )


def loss_receipt(ref: UUID, *, by: Actor, at: datetime) -> LossReceipt:
    """사고신고 접수증 of a report about a customer of the own entity. Raises NotFound."""
    by.must(Permission.REPORT_LOSS)
    report = (
        LossReport.objects.filter(pk=ref, customer__entity_id=by.entity_id)
        .select_related("customer")
        .prefetch_related("lines__device__product")
        .first()
    )
    if report is None:
        raise NotFound()
    return LossReceipt(
        head=letterhead(by=by, at=at),
        number=report.number,
        name=masks.name(report.customer.name),
        kind=report.get_kind_display(),
        reporter=report.get_reporter_display(),
        received_at=report.received_at,
        devices=tuple(
            SuspendedDevice(things.kind(line.device), Serial.masked(line.device.serial)) for line in report.lines.all()
        ),
        customer=report.customer_id,
        claimed_at=report.claimed_at,
    )


def case_receipt(ref: UUID, *, by: Actor, at: datetime) -> CaseReceipt:
    """재발급 접수증 with the fee paid. Raises NotFound or NotRegistered."""
    case, new, registered_at = _registered(ref, by=by)
    return CaseReceipt(
        head=letterhead(by=by, at=at),
        case=case.pk,
        number=case.number,
        name=masks.name(case.customer.name),
        reason=case.get_reason_display(),
        kind=things.kind(new),
        new_serial=Serial.masked(new.serial),
        old_serial=Serial.masked(case.old_device.serial) if case.old_device else None,
        registered_at=registered_at,
        fee=case.fee_won,
        fee_method=FeeMethod(case.fee_method).label,
        transaction_no=case.fee_transaction_no,
        centre_pending=count_waiting(new.lane) > 0,
    )


def notice(ref: UUID, *, by: Actor, at: datetime) -> Notice:
    """OTP 기기 수령 안내문. Raises NotFound or NotRegistered."""
    case, new, registered_at = _registered(ref, by=by)
    return Notice(
        head=letterhead(by=by, at=at),
        case=case.pk,
        number=case.number,
        name=masks.name(case.customer.name),
        kind=things.kind(new),
        new_serial=Serial.masked(new.serial),
        old_serial=Serial.masked(case.old_device.serial) if case.old_device else None,
        issued_at=registered_at,
        centre_pending=count_waiting(new.lane) > 0,
    )


def _registered(ref: UUID, *, by: Actor) -> tuple[ReissueCase, Device, datetime]:
    """A case whose new device is in the customer's hand, the device, and since when."""
    by.must(Permission.VIEW_CASES)
    case = ReissueCase.objects.select_related("customer", "old_device", "new_device__product").get_visible(ref, by=by)
    if case.state not in PRINTED or case.new_device is None or case.registered_at is None:
        raise NotRegistered()
    return case, case.new_device, case.registered_at
