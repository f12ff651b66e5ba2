"""Requests for a decision of one branch, each with what it is about: a reissue case or a device service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from branches.models import Approval, ReissueCase
from branches.states import ApprovalState
from devices.models import DeviceService
from nh_otp.access import Actor
from nh_otp.four_eyes.states import ApprovalKind

KINDS = (ApprovalKind.REISSUE, ApprovalKind.UNLOCK, ApprovalKind.WIDE_RESYNC)
"""What a supervisor decides in the inbox (2000); stock and seed files have lists of their own."""
CASE = (
    "case__customer__home_branch",
    "case__branch",
    "case__identity",
    "case__loss_report",
    "case__old_device",
    "case__new_device",
    "maker__terminal",
)
SERVICE = ("customer__home_branch", "branch", "identity", "verification", "device__product")


class Asked(NamedTuple):
    """A request and what it is about."""

    request: Approval
    about: ReissueCase | DeviceService

    def is_own(self, by: Actor) -> bool:
        """Nobody decides what they made or run, under whichever of their accounts."""
        return by.person_no == self.request.maker_person or by.staff_id == self.about.owner_id


def here(by: Actor) -> QuerySet[Approval]:
    """Requests of the actor's branch that the inbox is for."""
    return Approval.objects.filter(kind__in=KINDS, branch_id=by.branch_pk)


def waiting(by: Actor) -> QuerySet[Approval]:
    """Those that wait, longest first, with the cases they are about."""
    pending = here(by).filter(state=ApprovalState.PENDING)
    return pending.select_related(*CASE).order_by("requested_at", "pk")


def to_decide(by: Actor) -> QuerySet[Approval]:
    """Those that this very person may decide."""
    return waiting(by).exclude(maker_person=by.person_no).exclude(case__owner_id=by.staff_pk)


def with_matters(requests: Iterable[Approval]) -> Sequence[Asked]:
    """Each request with its case or service; services are read in one further query, if there are any."""
    found = list(requests)
    refs = [request.subject for request in found if request.case is None]
    services = DeviceService.objects.select_related(*SERVICE).in_bulk(refs) if refs else {}
    return [Asked(request, request.case or services[request.subject]) for request in found]


def one(ref: UUID, *, by: Actor) -> Asked | None:
    """The request that waits for this case or service."""
    return next(iter(with_matters(waiting(by).filter(subject=ref)[:1])), None)
