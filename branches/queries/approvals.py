"""The approval inbox (2000) and the decisions taken (2010)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from branches.models import ReissueCase, ReturnReason
from branches.models.reissue import NEEDS_LOSS_REPORT
from branches.queries import decision, labels, service_decision
from branches.queries.asked import Asked, here, to_decide, waiting, with_matters
from branches.queries.rows.approval import DecisionList, DecisionPage, DecisionRow, InboxNews, InboxPage, PendingRow
from branches.states import DECIDED
from devices.models import DeviceService, ProductKind
from devices.queries import labels as things
from nh_otp import masks, shown
from nh_otp.access import Actor, Permission
from nh_otp.errors import NotFound
from nh_otp.paging import EPOCH, MICROSECOND, beyond, mark
from nh_otp.policy import POLICY
from nh_otp.shown import Elapsed

WAITING = 100
PAGE = 30


def inbox_page(*, by: Actor, at: datetime, selected: UUID | None = None) -> InboxPage:
    """All requests that wait in the branch, longest first, own ones last; one of them opened if it still waits."""
    by.must(Permission.DECIDE_CASE)
    asked = sorted(with_matters(waiting(by)[:WAITING]), key=lambda each: each.is_own(by))
    chosen = next((each for each in asked if each.request.subject == selected), None)
    previous, following = _neighbours(asked, chosen)
    return InboxPage(
        rows=tuple(_row(each, by=by, at=at) for each in asked),
        version=_version(asked),
        step_up_seconds=_step_up_left(by, at=at),
        selected=_opened(chosen, by=by, at=at) if chosen else None,
        previous=previous,
        following=following,
    )


def _opened(asked: Asked, *, by: Actor, at: datetime) -> DecisionPage:
    if isinstance(asked.about, ReissueCase):
        return decision.decision_page(asked.request, asked.about, own=asked.is_own(by), at=at)
    return service_decision.decision_page(asked.request, asked.about, own=asked.is_own(by), at=at)


def first_to_decide(*, by: Actor) -> UUID | None:
    """What waits longest of all this person may decide."""
    by.must(Permission.DECIDE_CASE)
    return to_decide(by).values_list("subject", flat=True).first()


def matter_of(ref: UUID, *, by: Actor) -> ReissueCase | DeviceService:
    """The case or service of the own branch behind a reference. Raises NotFound."""
    try:
        return ReissueCase.objects.get_visible(ref, by=by)
    except NotFound:
        return DeviceService.objects.get_visible(ref, by=by)


def ref_name(matter: ReissueCase | DeviceService) -> str:
    """How a look at this matter is put on record."""
    return "case_ref" if isinstance(matter, ReissueCase) else "service_ref"


def news(version: str, *, by: Actor) -> InboxNews:
    """How many requests came since the list was drawn."""
    by.must(Permission.DECIDE_CASE)
    try:
        drawn = EPOCH + int(version) * MICROSECOND
    except (ValueError, OverflowError):
        drawn = EPOCH
    return InboxNews(version, waiting(by).filter(requested_at__gt=drawn).count())


def _version(asked: Sequence[Asked]) -> str:
    latest = max((each.request.requested_at for each in asked), default=EPOCH)
    return str((latest - EPOCH) // MICROSECOND)


def _neighbours(asked: Sequence[Asked], chosen: Asked | None) -> tuple[UUID | None, UUID | None]:
    if chosen is None:
        return None, None
    refs = [each.request.subject for each in asked]
    place = refs.index(chosen.request.subject)
    return refs[place - 1] if place else None, refs[place + 1] if place + 1 < len(refs) else None


def _step_up_left(by: Actor, *, at: datetime) -> int:
    if by.stepped_up_at is None:
        return 0
    return max(0, int((by.stepped_up_at + POLICY.step_up_fresh_for - at).total_seconds()))


def _row(asked: Asked, *, by: Actor, at: datetime) -> PendingRow:
    request, about = asked
    return PendingRow(
        ref=about.pk,
        name=masks.name(about.customer.name),
        reason=_reason(about),
        kind=_medium(about),
        channel=about.get_channel_display() if isinstance(about, ReissueCase) else about.branch.name,
        maker=shown.person(request.maker),
        waited=Elapsed(max(0, int((at - request.requested_at).total_seconds()))),
        flags=len(request.flags),
        urgent=isinstance(about, ReissueCase) and about.reason in NEEDS_LOSS_REPORT,
        own=asked.is_own(by),
    )


def _reason(about: ReissueCase | DeviceService) -> str:
    return about.get_reason_display() if isinstance(about, ReissueCase) else about.get_kind_display()


def _medium(about: ReissueCase | DeviceService) -> str:
    return ProductKind(about.kind).label if isinstance(about, ReissueCase) else things.kind(about.device)


def decision_list(*, by: Actor, after: str = "") -> DecisionList:
    """Decisions taken in the branch, newest first, a page at a time."""
    by.must(Permission.DECIDE_CASE)
    found = (
        here(by)
        .filter(beyond(after, field="decided_at"), state__in=DECIDED)
        .select_related("case__customer", "maker", "decider")
        .order_by("-decided_at", "-pk")
    )
    taken = with_matters(found[: PAGE + 1])
    shown = [(each, each.request.decided_at) for each in taken[:PAGE] if each.request.decided_at]
    return DecisionList(
        rows=tuple(_decision(each, at) for each, at in shown),
        after=mark(shown[-1][1], shown[-1][0].request.pk) if len(taken) > PAGE else "",
    )


def _decision(asked: Asked, decided_at: datetime) -> DecisionRow:
    request, about = asked
    return DecisionRow(
        ref=request.subject,
        number=about.number,
        decided_at=decided_at,
        outcome=labels.of_approval(request.state),
        name=masks.name(about.customer.name),
        reason=_reason(about),
        maker=shown.person(request.maker),
        decider=shown.person(request.decider),
        page="case" if isinstance(about, ReissueCase) else "service",
        note=ReturnReason(request.reason).label if request.reason else "",
        seconds=int((decided_at - request.requested_at).total_seconds()),
    )
