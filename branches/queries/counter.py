"""The counter home (1000): what to go on with, today's numbers, the till."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time

from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from branches.models import ReissueCase
from branches.queries.case_payload import deciders
from branches.queries.cases import case_row, desk_of, open_cases, returned
from branches.queries.desk import Desk
from branches.queries.paper import PRINTED
from branches.queries.rows.case import CaseRow
from branches.queries.rows.counter import HomePage, RecentPrint, TillRow, Today
from branches.states import CaseState
from devices.models import CheckOutcome, CodeCheck, ProductKind
from devices.queries.till import count_stock
from nh_otp import masks
from nh_otp.access import Actor, Permission

TODO = 20
RECENT = 8
USUAL_STOCK = 20
"""Devices of one kind a till usually holds; until tills have a set quota."""
SHORT_BELOW = 5
"""Devices of one kind below which a till is called short (부족)."""


def home_page(*, by: Actor, at: datetime) -> HomePage:
    """Everything on the first screen of a counter day."""
    todo = todo_rows(by=by, at=at)
    day = datetime.combine(timezone.localdate(at), time.min, tzinfo=timezone.get_current_timezone())
    return HomePage(
        todo=todo,
        today=_today(since=day, by=by),
        deciders=deciders(by=by),
        till=_till(by),
        version=version_of(todo),
        recent=_recent(since=day, by=by),
    )


def todo_rows(*, by: Actor, at: datetime) -> tuple[CaseRow, ...]:
    """The own open cases: whom one serves, then returned, then late, then the rest, oldest first."""
    by.must(Permission.VIEW_CASES)
    own = open_cases(by).filter(owner_id=by.staff_pk)[:TODO]
    desks = [desk_of(case, by=by, at=at) for case in own]
    serving = next((desk for desk in desks if desk.case.state != CaseState.AWAITING_APPROVAL), None)
    ordered = sorted(desks, key=lambda desk: _urgency(desk, desk is serving))
    return tuple(case_row(desk, serving=desk is serving) for desk in ordered)


def _urgency(desk: Desk, serving: bool) -> tuple[bool, bool, bool, datetime, str]:
    return (not serving, not returned(desk), not desk.elapsed.late, desk.case.opened_at, desk.case.number)


def version_of(todo: Sequence[CaseRow]) -> str:
    """Changes when a line changes, not when its clock does."""
    told = "\n".join(f"{row.ref} {row.state.label} {row.state_note} {row.next_step}" for row in todo)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _today(*, since: datetime, by: Actor) -> Today:
    """Three personal numbers since the morning: no one else's."""
    ended = ReissueCase.objects.visible_to(by).filter(
        owner_id=by.staff_pk, state=CaseState.COMPLETED, ended_at__gte=since
    )
    numbers = ended.aggregate(count=Count("pk"), average=Avg(F("ended_at") - F("opened_at")))
    tried = (
        CodeCheck.objects.filter(case__owner_id=by.staff_pk, claimed_at__gte=since)
        .values("case_id")
        .annotate(all=Count("pk"), matched=Count("pk", filter=Q(outcome=CheckOutcome.MATCH)))
    )
    cases = list(tried.order_by("case_id"))
    at_once = sum(case["all"] == 1 and case["matched"] == 1 for case in cases)
    return Today(
        completed=numbers["count"],
        average_seconds=int(numbers["average"].total_seconds()) if numbers["average"] else None,
        first_code_percent=100 * at_once // len(cases) if cases else None,
    )


def _recent(*, since: datetime, by: Actor) -> tuple[RecentPrint, ...]:
    cases = (
        ReissueCase.objects.visible_to(by)
        .filter(owner_id=by.staff_pk, state__in=PRINTED, registered_at__gte=since)
        .select_related("customer")
        .order_by("-registered_at", "-pk")[:RECENT]
    )
    return tuple(
        RecentPrint(case.pk, case.number, masks.name(case.customer.name), case.registered_at)
        for case in cases
        if case.registered_at
    )


def _till(by: Actor) -> tuple[TillRow, ...]:
    return tuple(
        TillRow(
            kind=ProductKind(count.kind).label,
            in_till=count.in_till,
            in_branch=count.in_branch,
            percent=min(100, 100 * count.in_till // USUAL_STOCK),
            short=count.in_till < SHORT_BELOW,
        )
        for count in count_stock(till_id=by.staff_pk, branch_id=by.branch_pk)
    )
