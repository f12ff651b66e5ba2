"""Lists of cases: one line each, with what is to be done next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from branches.models import Approval, ReissueCase
from branches.queries import desk as tasks
from branches.queries import labels
from branches.queries.desk import TITLES, Desk
from branches.queries.rows.case import CaseList, CaseRow
from branches.states import OPEN, ApprovalState, CaseState
from nh_otp import masks, shown
from nh_otp.access import Actor, Permission
from nh_otp.paging import beyond, mark
from nh_otp.shown import Choice

PAGE = 30
OWN = "mine"
FILTERS: Mapping[str, str] = {
    "": "전체",
    OWN: "내 건",
    CaseState.IN_PROGRESS: "진행",
    CaseState.AWAITING_APPROVAL: "승인대기",
    CaseState.APPROVED: "승인",
    CaseState.REGISTERED: "사용등록",
}


def case_list(*, by: Actor, at: datetime, state: str = "", after: str = "") -> CaseList:
    """Open cases of the branch, newest first, a page at a time."""
    by.must(Permission.VIEW_CASES)
    chosen = state if state in FILTERS else ""
    found = open_cases(by).filter(beyond(after, field="opened_at"))
    if chosen == OWN:
        found = found.filter(owner_id=by.staff_pk)
    elif chosen:
        found = found.filter(state=chosen)
    cases = list(found[: PAGE + 1])
    page = cases[:PAGE]
    return CaseList(
        rows=tuple(case_row(desk_of(case, by=by, at=at)) for case in page),
        filters=tuple(Choice(value, label, chosen=value == chosen) for value, label in FILTERS.items()),
        state=chosen,
        after=mark(page[-1].opened_at, page[-1].pk) if len(cases) > PAGE else "",
    )


def open_cases(by: Actor) -> QuerySet[ReissueCase]:
    """Open cases of the branch with all that a line shows: two queries, however many there are."""
    requests = Approval.objects.select_related("decider").order_by("-requested_at", "-pk")
    return (
        ReissueCase.objects.visible_to(by)
        .filter(state__in=OPEN)
        .select_related("customer", "owner", "new_device", "identity")
        .prefetch_related(Prefetch("approvals", requests))
        .order_by("-opened_at", "-pk")
    )


def desk_of(case: ReissueCase, *, by: Actor, at: datetime) -> Desk:
    return Desk(case, list(case.approvals.all()), by, at)


def case_row(desk: Desk, *, serving: bool = False) -> CaseRow:
    """One line of a list."""
    case = desk.case
    return CaseRow(
        ref=case.pk,
        number=case.number,
        state=labels.of_approval(ApprovalState.RETURNED) if returned(desk) else labels.of_case(case.state),
        state_note=_note(desk),
        name=masks.name(case.customer.name),
        reason=case.get_reason_display(),
        detail=_detail(case),
        teller=shown.person(case.owner),
        opened_at=case.opened_at,
        elapsed=desk.elapsed,
        next_step=_next(desk) if desk.own else "",
        serving=serving,
    )


def returned(desk: Desk) -> bool:
    """Did the decider send the request back, and nobody asked again yet?"""
    latest = desk.latest
    return desk.case.state == CaseState.IN_PROGRESS and latest is not None and latest.state == ApprovalState.RETURNED


def _note(desk: Desk) -> str:
    latest = desk.latest
    if latest is not None and desk.case.state == CaseState.AWAITING_APPROVAL:
        return f"{timezone.localtime(latest.requested_at):%H:%M} 요청"
    if latest is not None and latest.decided_at and (returned(desk) or desk.case.state == CaseState.APPROVED):
        return f"{timezone.localtime(latest.decided_at):%H:%M} {shown.person(latest.decider)}"
    return f"{len(desk.done)} / {len(TITLES)} 단계"


def _detail(case: ReissueCase) -> str:
    device = case.new_device
    return f"{case.get_kind_display()} …{device.serial[-4:]} 배정" if device else str(case.get_kind_display())


def _next(desk: Desk) -> str:
    current = desk.current()
    if desk.case.state == CaseState.AWAITING_APPROVAL:
        return "승인 상태 보기"
    if current == tasks.APPROVAL:
        return "승인 요청"
    if current == tasks.CODE and desk.fee_due:
        return "수수료 수납"
    return desk.title(current) if current else ""
