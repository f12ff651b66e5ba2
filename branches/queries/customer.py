"""What is shown of a customer: the people a search found (1010) and one person (1100)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from branches.models import Customer, LossKind, LossReport, LossReportDevice, ReissueCase, Reporter, StaffCustomer
from branches.queries import labels, timeline
from branches.queries.rows.customer import (
    CustomerMatch,
    CustomerPage,
    DeviceRow,
    LossReportRow,
    OpenCaseRow,
    SearchPage,
)
from branches.queries.service import service_row, services_of
from branches.states import OPEN, CaseState
from devices.models import SERVICE_OPEN, Device, DeviceService, DeviceState, ServiceKind
from devices.queries import labels as things
from devices.queries.held import held_by
from devices.queries.registered import failures_of, first_held
from nh_otp import masks, shown
from nh_otp.access import Actor, Permission
from nh_otp.errors import NotFound
from nh_otp.policy import POLICY
from nh_otp.shown import Choice, Serial

SHOWN = 5
REPORTS = 10
CAN_SUSPEND = (DeviceState.IN_USE, DeviceState.LOCKED)
STOP = "이 고객님은 재발급할 수 없는 상태입니다. 책임자에게 알려 주십시오."
STOP_OWN = "본인의 재발급은 다른 직원에게 요청해 주십시오."


def search_page(found: Sequence[Customer]) -> SearchPage:
    """The few people a search found, with the state of their device and their last visit."""
    if len(found) > SHOWN:
        return SearchPage(searched=True, too_many=True)
    refs = [person.pk for person in found]
    devices, visits = first_held(refs), _last_visits(refs)
    return SearchPage(searched=True, matches=tuple(_match(each, devices, visits) for each in found))


def _last_visits(refs: Sequence[UUID]) -> Mapping[UUID, datetime]:
    visits = ReissueCase.objects.filter(customer_id__in=refs).values_list("customer_id").annotate(Max("opened_at"))
    return dict(visits.order_by("customer_id"))


def _match(person: Customer, devices: Mapping[UUID, Device], visits: Mapping[UUID, datetime]) -> CustomerMatch:
    device, visit = devices.get(person.pk), visits.get(person.pk)
    return CustomerMatch(
        ref=person.pk,
        name=masks.name(person.name),
        birth_year=str(person.birth_on.year),
        gender=person.get_gender_display(),
        branch=person.home_branch.name,
        device=things.of_device(device) if device else None,
        last_visit_on=timezone.localdate(visit) if visit else None,
    )


def customer_page(ref: UUID, *, by: Actor, at: datetime, reported: UUID | None = None) -> CustomerPage:
    """One person with devices, reports, open cases and what happened. Raises NotFound across entities."""
    by.must(Permission.VIEW_CUSTOMER)
    person = Customer.objects.visible_to(by).select_related("home_branch").filter(pk=ref).first()
    if person is None:
        raise NotFound()
    devices, cases, services = held_by(ref), _open_cases(ref), services_of(ref)
    stop = _stop(person, by)
    free = _free(devices, cases, services) if by.may(Permission.SERVE_DEVICE) and not stop else ()
    may_open = by.may(Permission.RUN_CASE) and not stop and not cases
    reports = _reports(ref, cases, by=by, may_open=may_open)
    return CustomerPage(
        ref=ref,
        customer_no=masks.customer_no(person.number),
        name=masks.name(person.name),
        birth=masks.birth(person.birth_on),
        gender=person.get_gender_display(),
        phone=masks.phone(person.phone),
        account=masks.account(person.account),
        branch=person.home_branch.name,
        devices=_device_rows(devices, person, free=free),
        services=tuple(service_row(service, by=by) for service in services),
        reports=reports,
        cases=tuple(_open_case(case) for case in cases if case.branch_id == by.branch_id),
        timeline=timeline.of_customer(ref),
        warnings=_warnings(person, cases, by=by, at=at),
        stop=stop,
        kinds=shown.choices(LossKind, chosen=LossKind.LOST) if by.may(Permission.REPORT_LOSS) else (),
        reporters=shown.choices(Reporter, chosen=Reporter.SELF),
        reported=next((row for row in reports if row.ref == reported), None),
    )


def _open_cases(ref: UUID) -> Sequence[ReissueCase]:
    return list(
        ReissueCase.objects.filter(customer_id=ref, state__in=OPEN).select_related("owner").order_by("-opened_at", "pk")
    )


def _open_case(case: ReissueCase) -> OpenCaseRow:
    return OpenCaseRow(
        ref=case.pk,
        number=case.number,
        reason=case.get_reason_display(),
        state=labels.of_case(case.state),
        teller=shown.person(case.owner),
    )


def _stop(person: Customer, by: Actor) -> str:
    if person.deceased or person.payment_suspended or person.e_banking_restricted:
        return STOP
    own = StaffCustomer.objects.filter(customer_id=person.pk, person_no=by.person_no).exists()
    return STOP_OWN if own else ""


OFFERS: Mapping[str, ServiceKind] = {
    DeviceState.LOCKED: ServiceKind.UNLOCK,
    DeviceState.IN_USE: ServiceKind.RESYNC,
}
"""What can be done for a device instead of replacing it."""


def _free(
    devices: Sequence[Device], cases: Sequence[ReissueCase], services: Sequence[DeviceService]
) -> Collection[UUID]:
    """The devices nobody is at work on."""
    busy = {case.old_device_id for case in cases} | {each.device_id for each in services if each.state in SERVICE_OPEN}
    return {device.pk for device in devices} - busy


def _device_rows(devices: Sequence[Device], person: Customer, *, free: Collection[UUID]) -> tuple[DeviceRow, ...]:
    failures = failures_of([device.pk for device in devices])
    return tuple(
        DeviceRow(
            ref=device.pk,
            kind=things.kind(device),
            serial=Serial.masked(device.serial),
            status=things.of_device(device),
            registered_on=_day(device.registered_at),
            valid_until=device.valid_until,
            last_used_on=person.last_used_on,
            wrong_codes=failures.get(device.pk, 0),
            elsewhere=person.other_institutions,
            can_suspend=device.state in CAN_SUSPEND,
            offer=_offer(device) if device.pk in free else None,
        )
        for device in devices
    )


def _offer(device: Device) -> Choice | None:
    kind = OFFERS.get(device.state)
    return Choice(kind.value, str(kind.label)) if kind else None


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _reports(ref: UUID, cases: Sequence[ReissueCase], *, by: Actor, may_open: bool) -> tuple[LossReportRow, ...]:
    lines = list(
        LossReportDevice.objects.filter(report__customer_id=ref)
        .select_related("report__receiver", "device__product")
        .order_by("-report__received_at", "pk")[:REPORTS]
    )
    served = {case.loss_report_id: case.pk for case in cases if case.branch_id == by.branch_id}
    newest: dict[UUID, UUID] = {}
    for line in lines:
        newest.setdefault(line.device_id, line.report_id)
    return tuple(
        _report(line, case=served.get(line.report_id), can_open=may_open and newest[line.device_id] == line.report_id)
        for line in lines
    )


def _report(line: LossReportDevice, *, case: UUID | None, can_open: bool) -> LossReportRow:
    report: LossReport = line.report
    return LossReportRow(
        ref=report.pk,
        number=report.number,
        kind=report.get_kind_display(),
        received_at=report.received_at,
        receiver=shown.person(report.receiver),
        device_kind=things.kind(line.device),
        serial=Serial.masked(line.device.serial),
        status=things.of_device(line.device),
        case=case,
        can_open_case=can_open and line.device.state == DeviceState.SUSPENDED,
        reason=report.kind,
        device=line.device_id,
    )


def _warnings(person: Customer, cases: Sequence[ReissueCase], *, by: Actor, at: datetime) -> tuple[str, ...]:
    """What a teller should know before starting anything, one sentence each."""
    today = timezone.localdate(at)
    recently = ReissueCase.objects.filter(
        customer_id=person.pk, state=CaseState.COMPLETED, ended_at__gte=at - POLICY.reissue_flag
    ).exists()
    said = {
        "90일 안에 재발급한 적이 있습니다.": recently,
        "30일 안에 연락처가 바뀌었습니다.": person.contact_changed_since(today - POLICY.contact_change_flag),
        "다른 지점에서 진행 중인 재발급 건이 있습니다.": any(case.branch_id != by.branch_id for case in cases),
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
