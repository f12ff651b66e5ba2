"""What programs are told of cases, reports, people and requests; masked like the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from branches.models import Approval, Customer, IdentityCheck, LossReport, ReissueCase
from branches.queries import evidence, service_evidence
from branches.queries.asked import Asked, one, waiting, with_matters
from branches.queries.rows.records import (
    CaseLine,
    CaseLines,
    CaseRecord,
    CustomerRecord,
    DeviceRecord,
    FeeRecord,
    IdentityRecord,
    LossRecord,
    MatchRecord,
    RequestRecord,
    ShownRecord,
    WaitingRecord,
)
from branches.states import OPEN, CaseState
from devices.models import Device
from devices.queries.held import held_by
from nh_otp import masks
from nh_otp.access import Actor, Permission
from nh_otp.errors import NotFound
from nh_otp.paging import beyond, mark
from nh_otp.shown import Serial

PAGE = 30
WAITING = 100
REPORTS = 10
CASE = ("customer", "owner", "old_device__product", "new_device__product", "identity")


def match_records(found: Sequence[Customer]) -> list[MatchRecord]:
    """The few people a search found; their branch must be loaded."""
    return [
        MatchRecord(each.pk, masks.name(each.name), each.birth_on.year, each.gender, each.home_branch.code)
        for each in found
    ]


def customer_record(ref: UUID, *, by: Actor) -> CustomerRecord:
    """One person with devices, reports and the own branch's open cases. Raises NotFound across entities."""
    by.must(Permission.VIEW_CUSTOMER)
    person = Customer.objects.visible_to(by).select_related("home_branch").filter(pk=ref).first()
    if person is None:
        raise NotFound()
    reports = _reports(by).filter(customer_id=ref).order_by("-received_at", "pk")[:REPORTS]
    cases = _open(by).filter(customer_id=ref)
    return CustomerRecord(
        ref=ref,
        number=masks.customer_no(person.number),
        name=masks.name(person.name),
        birth=masks.birth(person.birth_on),
        gender=person.gender,
        phone=masks.phone(person.phone),
        account=masks.account(person.account),
        branch=person.home_branch.code,
        devices=tuple(device_record(each) for each in held_by(ref)),
        loss_reports=tuple(_loss(each) for each in reports),
        cases=tuple(_line(each) for each in cases),
    )


def loss_record(ref: UUID, *, by: Actor) -> LossRecord:
    """One report about a customer of the own entity. Raises NotFound."""
    by.must(Permission.REPORT_LOSS)
    report = _reports(by).filter(pk=ref).first()
    if report is None:
        raise NotFound()
    return _loss(report)


def _reports(by: Actor) -> QuerySet[LossReport]:
    return LossReport.objects.filter(customer__entity_id=by.entity_id).prefetch_related("devices__product")


def _loss(report: LossReport) -> LossRecord:
    return LossRecord(
        ref=report.pk,
        number=report.number,
        customer=report.customer_id,
        kind=report.kind,
        channel=report.channel,
        reporter=report.reporter,
        received_at=report.received_at,
        claimed_at=report.claimed_at,
        devices=tuple(sorted(map(device_record, report.devices.all()), key=lambda device: device.ref)),
    )


def device_record(device: Device) -> DeviceRecord:
    """A device by its last four digits; the product must be loaded."""
    tail = str(Serial.masked(device.serial))
    return DeviceRecord(device.pk, device.product.kind, tail, device.state, device.valid_until)


def case_lines(*, by: Actor, state: CaseState | None = None, mine: bool = False, after: str = "") -> CaseLines:
    """Open cases of the own branch, newest first, a page at a time."""
    found = _open(by).filter(beyond(after, field="opened_at"))
    if state:
        found = found.filter(state=state)
    if mine:
        found = found.filter(owner_id=by.staff_pk)
    cases = list(found[: PAGE + 1])
    last = cases[PAGE - 1] if len(cases) > PAGE else None
    return CaseLines(tuple(map(_line, cases[:PAGE])), mark(last.opened_at, last.pk) if last else None)


def _open(by: Actor) -> QuerySet[ReissueCase]:
    visible = ReissueCase.objects.visible_to(by).filter(state__in=OPEN)
    return visible.select_related("customer", "owner").order_by("-opened_at", "-pk")


def _line(case: ReissueCase) -> CaseLine:
    return CaseLine(
        ref=case.pk,
        number=case.number,
        state=case.state,
        reason=case.reason,
        kind=case.kind,
        customer_name=masks.name(case.customer.name),
        owner=case.owner.staff_no,
        opened_at=case.opened_at,
    )


def case_record(ref: UUID, *, by: Actor) -> CaseRecord:
    """Everything a program may know of one case of the own branch. Raises NotFound."""
    by.must(Permission.VIEW_CASES)
    case = ReissueCase.objects.select_related(*CASE).get_visible(ref, by=by)
    request = case.approvals.select_related("maker", "decider").order_by("-requested_at", "-pk").first()
    return CaseRecord(
        ref=case.pk,
        number=case.number,
        state=case.state,
        reason=case.reason,
        kind=case.kind,
        channel=case.channel,
        customer=case.customer_id,
        customer_name=masks.name(case.customer.name),
        owner=case.owner.staff_no,
        old_device=device_record(case.old_device) if case.old_device else None,
        new_device=device_record(case.new_device) if case.new_device else None,
        loss_report=case.loss_report_id,
        identity=identity_record(case.identity) if case.identity else None,
        documents=tuple(case.documents),
        fee=FeeRecord(case.fee_won, case.fee_sentence, case.fee_state, case.fee_method),
        request=request_record(request) if request else None,
        end_reason=case.end_reason,
        opened_at=case.opened_at,
        assigned_at=case.assigned_at,
        approved_at=case.approved_at,
        registered_at=case.registered_at,
        ended_at=case.ended_at,
    )


def identity_record(check: IdentityCheck) -> IdentityRecord:
    """What matched and what the issuer answered."""
    return IdentityRecord(
        document=check.document,
        result=check.result,
        name_matched=check.name_matched,
        birth_matched=check.birth_matched,
        photo_matched=check.photo_matched,
        transaction_id=check.transaction_id,
        checked_at=check.checked_at,
    )


def request_record(request: Approval) -> RequestRecord:
    """What became of a request; maker and decider must be loaded."""
    return RequestRecord(
        state=request.state,
        flags=tuple(request.flags),
        maker=request.maker.staff_no,
        requested_at=request.requested_at,
        lapses_at=request.lapses_at,
        decider=request.decider.staff_no if request.decider else "",
        decided_at=request.decided_at,
        reason=request.reason,
    )


def waiting_records(*, by: Actor) -> list[WaitingRecord]:
    """Requests that wait in the own branch, longest first."""
    by.must(Permission.DECIDE_CASE)
    return [_waiting(each, by=by) for each in with_matters(waiting(by)[:WAITING])]


def shown_record(ref: UUID, *, by: Actor, at: datetime) -> ShownRecord:
    """The request that waits for a case or service, and the digest a decision is bound to. Raises NotFound."""
    by.must(Permission.DECIDE_CASE)
    asked = one(ref, by=by)
    if asked is None:
        raise NotFound()
    content, digest, raised = _shown(asked, at=at)
    return ShownRecord(
        request=_waiting(asked, by=by),
        content=content | {"customer": masks.customer_no(asked.about.customer.number)},
        flags=tuple(raised),
        seen=evidence.seen(digest, raised),
        changed=digest != asked.request.digest,
    )


def _shown(asked: Asked, *, at: datetime) -> tuple[dict[str, object], str, Sequence[evidence.Flag]]:
    about = asked.about
    if isinstance(about, ReissueCase):
        return evidence.content(about), evidence.digest(about), evidence.flags(about, at=at)
    return service_evidence.content(about), service_evidence.digest(about), service_evidence.flags(about, at=at)


def _waiting(asked: Asked, *, by: Actor) -> WaitingRecord:
    request, about = asked
    is_case = isinstance(about, ReissueCase)
    return WaitingRecord(
        asks=request.kind,
        case=about.pk if is_case else None,
        service=None if is_case else about.pk,
        number=about.number,
        customer=about.customer_id,
        reason=about.reason if isinstance(about, ReissueCase) else "",
        kind=about.kind if isinstance(about, ReissueCase) else about.device.product.kind,
        customer_name=masks.name(about.customer.name),
        maker=request.maker.staff_no,
        flags=tuple(request.flags),
        requested_at=request.requested_at,
        lapses_at=request.lapses_at,
        own=asked.is_own(by),
    )
