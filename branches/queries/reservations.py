"""Devices set aside for cases whose tellers have not asked for approval."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, F, Max, QuerySet, When
from django.db.models.functions import Coalesce, Greatest

from branches.models import ReissueCase
from branches.states import ApprovalState, CaseState
from nh_otp.policy import POLICY


def reservations_due(at: datetime) -> QuerySet[ReissueCase]:
    """Cases whose device goes back; the time begins anew when a request came back to the teller."""
    came_back = Max(
        Case(
            When(approvals__state=ApprovalState.LAPSED, then=F("approvals__lapses_at")),
            default=Coalesce("approvals__decided_at", "approvals__requested_at"),
        )
    )
    since = at - POLICY.reservation_lapses_after
    return (
        ReissueCase.objects.filter(state=CaseState.IN_PROGRESS, new_device__isnull=False, assigned_at__lte=since)
        .annotate(waits_since=Greatest("assigned_at", came_back))
        .filter(waits_since__lte=since)
    )
