"""Finding people and looking at them: both are on record (안전성 확보조치 기준 art. 8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from branches.models import Branch, Customer, ReissueCase, sealed
from branches.queries.search import Facts
from devices.models import DeviceService, Holding
from nh_otp.access import Actor, Permission
from nh_otp.audit.models import AuditRow, Outcome
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import NotFound
from nh_otp.policy import POLICY

MOST = 6
"""One more than a screen shows, so that it can say there are too many."""
VIEWED = "customer.viewed"


@command(action="customer.found", needs=Permission.FIND_CUSTOMER, facts=("keys", "found"))
def find_customer(trail: Trail, *, by: Actor, facts: Facts) -> Sequence[Customer]:
    """Find the few customers of the own entity whom two facts fit; on record are the kinds of facts, never the text."""
    visible = Customer.objects.visible_to(by).select_related("home_branch")
    facts = facts.read(devices=_held(facts.numbers))
    trail.fact(keys=facts.kinds)
    facts.must_suffice()
    found = list(visible.filter(_fits(facts)).order_by("pk")[:MOST])
    trail.about(Branch(pk=by.branch_pk, code=by.branch_code), *found, found=len(found))
    return found


def _fits(facts: Facts) -> Q:
    indexes = {
        "name": facts.name,
        "initials": facts.initials,
        "phone": facts.phone,
        "phone_tail": facts.phone_tail,
        "account": facts.account,
    }
    known = {f"{kind}_index": sealed.blind(f"customer.{kind}", fact) for kind, fact in indexes.items() if fact}
    fits = Q(**known)
    if facts.births:
        fits &= Q(birth_on__in=facts.births)
    if facts.serial:
        fits &= Q(pk__in=_holdings([facts.serial]).values("customer_id"))
    return fits


def _held(serials: Collection[str]) -> Collection[str]:
    """Which of these are serials of devices in a customer's hand."""
    return set(_holdings(serials).values_list("device__serial", flat=True)) if serials else ()


def _holdings(serials: Collection[str]) -> QuerySet[Holding]:
    return Holding.objects.filter(device__serial__in=serials, ended_at=None)


@command(action=VIEWED, needs=Permission.VIEW_CUSTOMER)
def look_at_customer(
    trail: Trail, *, by: Actor, customer_ref: UUID, case_ref: UUID | None = None, service_ref: UUID | None = None
) -> None:
    """Put on record that somebody looks at a person: once per viewer, person, matter and 10 minutes."""
    customer = Customer.objects.visible_to(by).only("id").filter(id=customer_ref).first()
    if customer is None:
        raise NotFound()
    trail.about(customer)
    if case_ref is not None:
        trail.about(_case(case_ref, by=by, customer_ref=customer_ref))
    if service_ref is not None:
        trail.about(DeviceService.objects.filter(customer_id=customer_ref).get_visible(service_ref, by=by))
    if _looked_already(trail, by=by, at=trail.at):
        trail.nothing_new()


def _case(case_ref: UUID, *, by: Actor, customer_ref: UUID) -> ReissueCase:
    case = ReissueCase.objects.visible_to(by).only("id").filter(id=case_ref, customer_id=customer_ref).first()
    if case is None:
        raise NotFound()
    return case


def _looked_already(trail: Trail, *, by: Actor, at: datetime) -> bool:
    kind, ref = trail.subjects[0]
    looks = AuditRow.about(kind, ref).filter(action=VIEWED, outcome=Outcome.DONE, staff_no=by.staff_no)
    about = [list(subject) for subject in trail.subjects]
    return looks.filter(subjects=about, at__gt=at - POLICY.view_entry_every).exists()
