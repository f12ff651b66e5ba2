"""The approval inbox (2000) and the decisions taken (2010)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from branches.models import Approval, ReissueCase, ReturnReason
from branches.models.reissue import NEEDS_LOSS_REPORT
from branches.queries import labels, masks
from branches.queries.decision import decision_page, is_own
from branches.queries.marks import EPOCH, MICROSECOND, beyond, mark
from branches.queries.rows.approval import DecisionList, DecisionRow, InboxNews, InboxPage, PendingRow
from branches.queries.rows.parts import Elapsed
from branches.states import DECIDED, ApprovalState
from nh_otp.access import Actor, Permission
from nh_otp.four_eyes.states import ApprovalKind
from nh_otp.policy import POLICY

WAITING = 100
PAGE = 30
CASE = (
    "case__customer__home_branch",
    "case__branch",
    "case__identity",
    "case__loss_report",
    "case__old_device",
    "case__new_device",
    "maker__terminal",
)


def inbox_page(*, by: Actor, at: datetime, selected: UUID | None = None) -> InboxPage:
    """All requests that wait in the branch, longest first, own ones last; one of them opened if it still waits."""
    by.must(Permission.DECIDE_CASE)
    requests = sorted(pending(by)[:WAITING], key=lambda request: is_own(request, by=by))
    chosen = next((request for request in requests if request.subject == selected), None)
    previous, following = _neighbours(requests, chosen)
    return InboxPage(
        rows=tuple(_row(request, by=by, at=at) for request in requests),
        version=_version(requests),
        step_up_seconds=_step_up_left(by, at=at),
        selected=decision_page(chosen, by=by, at=at) if chosen else None,
        previous=previous,
        following=following,
    )


def pending(by: Actor) -> QuerySet[Approval]:
    """Requests that wait for a decision in the actor's branch, longest first, with all they are about."""
    return (
        Approval.objects.filter(state=ApprovalState.PENDING, kind=ApprovalKind.REISSUE, branch_id=by.branch_pk)
        .select_related(*CASE)
        .order_by("requested_at", "pk")
    )


def first_to_decide(*, by: Actor) -> UUID | None:
    """The case that waits longest of those this person may decide."""
    by.must(Permission.DECIDE_CASE)
    others = pending(by).exclude(maker_person=by.person_no).exclude(case__owner_id=by.staff_pk)
    return others.values_list("subject", flat=True).first()


def customer_of(case_ref: UUID, *, by: Actor) -> UUID:
    """Whom a case is about. Raises NotFound."""
    return ReissueCase.objects.only("customer_id").get_visible(case_ref, by=by).customer_id


def news(version: str, *, by: Actor) -> InboxNews:
    """How many requests came since the list was drawn."""
    by.must(Permission.DECIDE_CASE)
    try:
        drawn = EPOCH + int(version) * MICROSECOND
    except (ValueError, OverflowError):
        drawn = EPOCH
    return InboxNews(version, pending(by).filter(requested_at__gt=drawn).count())


def _version(requests: Sequence[Approval]) -> str:
    latest = max((request.requested_at for request in requests), default=EPOCH)
    return str((latest - EPOCH) // MICROSECOND)


def _neighbours(requests: Sequence[Approval], chosen: Approval | None) -> tuple[UUID | None, UUID | None]:
    if chosen is None:
        return None, None
    refs = [request.subject for request in requests]
    place = refs.index(chosen.subject)
    return refs[place - 1] if place else None, refs[place + 1] if place + 1 < len(refs) else None


def _step_up_left(by: Actor, *, at: datetime) -> int:
    if by.stepped_up_at is None:
        return 0
    return max(0, int((by.stepped_up_at + POLICY.step_up_fresh_for - at).total_seconds()))


def _row(request: Approval, *, by: Actor, at: datetime) -> PendingRow:
    case = request.reissue
    return PendingRow(
        ref=case.pk,
        name=masks.name(case.customer.name),
        reason=case.get_reason_display(),
        kind=case.get_kind_display(),
        channel=case.get_channel_display(),
        maker=labels.person(request.maker),
        waited=Elapsed(max(0, int((at - request.requested_at).total_seconds()))),
        flags=len(request.flags),
        urgent=case.reason in NEEDS_LOSS_REPORT,
        own=is_own(request, by=by),
    )


def decision_list(*, by: Actor, after: str = "") -> DecisionList:
    """Decisions taken in the branch, newest first, a page at a time."""
    by.must(Permission.DECIDE_CASE)
    found = (
        Approval.objects.filter(
            beyond(after, field="decided_at"), state__in=DECIDED, kind=ApprovalKind.REISSUE, branch_id=by.branch_pk
        )
        .select_related("case__customer", "maker", "decider")
        .order_by("-decided_at", "-pk")
    )
    taken = [(request, request.decided_at) for request in found[: PAGE + 1] if request.decided_at]
    shown = taken[:PAGE]
    return DecisionList(
        rows=tuple(_decision(request, at) for request, at in shown),
        after=mark(shown[-1][1], shown[-1][0].pk) if len(taken) > PAGE else "",
    )


def _decision(request: Approval, decided_at: datetime) -> DecisionRow:
    return DecisionRow(
        ref=request.subject,
        number=request.reissue.number,
        decided_at=decided_at,
        outcome=labels.of_approval(request.state),
        name=masks.name(request.reissue.customer.name),
        reason=request.reissue.get_reason_display(),
        maker=labels.person(request.maker),
        decider=labels.person(request.decider),
        note=ReturnReason(request.reason).label if request.reason else "",
        seconds=int((decided_at - request.requested_at).total_seconds()),
    )
