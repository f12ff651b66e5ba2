"""The reissue case at the counter, from opening to hand-over; papers, approval and first code have their own pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from branches.models import Customer, FeeState, LossReport, Reason, ReissueCase, StaffCustomer
from branches.models.reissue import NEEDS_LOSS_REPORT
from branches.queries.reservations import reservations_due
from branches.states import ApprovalState, ApprovalStep, CaseState, CaseStep
from devices import custody
from devices.models import SERVICE_OPEN, Device, DeviceService, DeviceState, Voucher
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, Invalid, NotAllowed
from nh_otp.numbers import next_number


class OwnCase(NotAllowed):
    code, message = "reissue.own_case", "본인의 재발급은 다른 직원에게 요청해 주십시오."


class HardStop(Conflict):
    code, message = "reissue.hard_stop", "이 고객님은 재발급할 수 없는 상태입니다. 책임자에게 알려 주십시오."


class ReportFirst(Conflict):
    code, message = "reissue.report_first", "분실·도난·도용 의심은 사고신고를 먼저 접수해 주십시오."


class ServiceGoesOn(Conflict):
    code = "reissue.service_open"
    message = "이 기기로 진행 중인 오류해제나 시각 보정이 있습니다. 마치거나 취소해 주십시오."


class NotYours(Conflict):
    code, message = "reissue.not_yours", "다른 직원이 맡은 건입니다. 먼저 넘겨받아 주십시오."


class NotSigned(Invalid):
    code, message = "reissue.not_signed", "고객님의 수령 서명을 받은 뒤 완료해 주십시오."


def own_case(case_ref: UUID, *, by: Actor) -> ReissueCase:
    """The case, locked behind its customer, if this teller runs it. Raises NotFound or NotYours."""
    case = ReissueCase.objects.get_visible(case_ref, by=by)
    Customer.objects.select_for_update(no_key=True).get(pk=case.customer_id)
    case = ReissueCase.objects.lock(case_ref, by=by)
    if case.owner_id != by.staff_pk:
        raise NotYours()
    return case


@command(action="reissue.opened", needs=Permission.RUN_CASE, facts=("number", "reason"))
def open_case(
    trail: Trail, *, by: Actor, customer_ref: UUID, reason: Reason, old_device: UUID, once: Once | None = None
) -> ReissueCase:
    """Begin a case at the counter for a device the customer holds."""
    customer = Customer.objects.lock(customer_ref, by=by)
    trail.about(customer, reason=reason)
    _refuse_hard_stops(customer, by)
    device, report = _old_device(customer, old_device), None
    if reason in NEEDS_LOSS_REPORT:
        report = _open_report(device)
    case = ReissueCase.objects.create(
        number=next_number("RI", "reissue_number"),
        branch_id=by.branch_pk,
        customer=customer,
        reason=reason,
        kind=device.product.kind,
        state=CaseState.IN_PROGRESS,
        owner_id=by.staff_pk,
        old_device=device,
        loss_report=report,
        opened_at=trail.at,
    )
    trail.about(case, device, number=case.number)
    return case


def _refuse_hard_stops(customer: Customer, by: Actor) -> None:
    if customer.deceased or customer.payment_suspended or customer.e_banking_restricted:
        raise HardStop()
    if StaffCustomer.objects.filter(customer=customer, person_no=by.person_no).exists():
        raise OwnCase()


def _old_device(customer: Customer, device_id: UUID) -> Device:
    held = Device.objects.filter(pk=device_id, holdings__customer=customer, holdings__ended_at=None)
    device = held.select_related("product").first()
    if device is None:
        raise custody.NotHeld()
    if DeviceService.objects.filter(device=device, state__in=SERVICE_OPEN).exists():
        raise ServiceGoesOn()
    return device


def _open_report(device: Device) -> LossReport:
    report = LossReport.objects.filter(devices=device).order_by("-received_at").first()
    if report is None or device.state != DeviceState.SUSPENDED:
        raise ReportFirst()
    return report


def must_be_in_progress(case: ReissueCase) -> None:
    """Refuse unless the tasks of the teller are still open."""
    if case.state != CaseState.IN_PROGRESS:
        raise Conflict()


@command(action="reissue.device_assigned", needs=Permission.RUN_CASE)
def assign_device(
    trail: Trail, *, by: Actor, case_ref: UUID, serial: str, vendor: str = "", once: Once | None = None
) -> ReissueCase:
    """Set the scanned device of the teller's own till aside; an earlier one goes back unopened."""
    case = _to_assign(trail, case_ref, by=by)
    on = timezone.localdate(trail.at)
    device = custody.reserve(serial, till_id=by.staff_pk, branch_id=by.branch_pk, kind=case.kind, on=on, vendor=vendor)
    return _assign(trail, case, device, by=by)


@command(action="reissue.device_assigned", needs=Permission.RUN_CASE)
def assign_next_device(trail: Trail, *, by: Actor, case_ref: UUID, once: Once | None = None) -> ReissueCase:
    """Set the device of the teller's own till aside that ends first; an earlier one goes back unopened."""
    case = _to_assign(trail, case_ref, by=by)
    on = timezone.localdate(trail.at)
    device = custody.take_next(till_id=by.staff_pk, branch_id=by.branch_pk, kind=case.kind, on=on)
    return _assign(trail, case, device, by=by)


def _to_assign(trail: Trail, case_ref: UUID, *, by: Actor) -> ReissueCase:
    case = own_case(case_ref, by=by)
    trail.about(case)
    must_be_in_progress(case)
    return case


def _assign(trail: Trail, case: ReissueCase, device: Device, *, by: Actor) -> ReissueCase:
    if case.new_device_id is not None:
        on = Voucher(by.staff_no, case.number, trail.at)
        trail.about(custody.give_back(case.new_device_id, opened=False, on=on))
    case.write(new_device=device, assigned_at=trail.at)
    trail.about(device)
    return case


@command(action="reissue.reservation_lapsed", needs=Permission.RUN_CLOCK)
def lapse_reservation(trail: Trail, *, by: Actor, case_ref: UUID, at: datetime) -> None:
    """Let a device nobody asked approval for in time go back to its till; the case keeps its other tasks."""
    customer_id = ReissueCase.objects.only("customer_id").get(pk=case_ref).customer_id
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    case = ReissueCase.objects.select_for_update(no_key=True).get(pk=case_ref)
    if case.new_device_id is None or not reservations_due(at).filter(pk=case.pk).exists():
        trail.nothing_new()
        return
    on = Voucher(by.staff_no, case.number, trail.at)
    device = custody.give_back(case.new_device_id, opened=bool(case.approved_at), on=on)
    case.write(new_device=None, assigned_at=None)
    trail.about(case, device)


@command(action="reissue.handed_over", needs=Permission.RUN_CASE)
def hand_over(trail: Trail, *, by: Actor, case_ref: UUID, signed: bool, once: Once | None = None) -> ReissueCase:
    """Close the case: the customer has the device and signed the bank's copy of the receipt."""
    case = own_case(case_ref, by=by)
    trail.about(case)
    if not signed:
        raise NotSigned()
    case.take(CaseStep.HAND_OVER, ended_at=trail.at)
    return case


@command(action="reissue.cancelled", needs=Permission.RUN_CASE, facts=("reason", "refund_due"))
def cancel_case(
    trail: Trail, *, by: Actor, case_ref: UUID, reason: str, opened: bool = False, once: Once | None = None
) -> ReissueCase:
    """End a case before registration: the device goes back and a collected fee is due for refund."""
    case = own_case(case_ref, by=by)
    trail.about(case, reason=reason)
    pending = case.approvals.filter(state=ApprovalState.PENDING).select_for_update().first()
    end_before_registration(trail, case, CaseStep.CANCEL, by=by, reason=reason, opened=opened or bool(case.approved_at))
    if pending is not None:
        pending.take(ApprovalStep.WITHDRAW)
        trail.about(pending)
    return case


def end_before_registration(
    trail: Trail, case: ReissueCase, step: CaseStep, *, by: Actor, reason: str, opened: bool
) -> None:
    """What every end before registration does, in the same transaction; product.md 4."""
    refund = case.fee_state == FeeState.COLLECTED
    changes = {"fee_state": FeeState.REFUND_DUE} if refund else {}
    if case.new_device_id is not None:
        on = Voucher(by.staff_no, case.number, trail.at)
        trail.about(custody.give_back(case.new_device_id, opened=opened, on=on))
    case.take(step, ended_at=trail.at, end_reason=reason, **changes)
    trail.fact(refund_due=refund)
