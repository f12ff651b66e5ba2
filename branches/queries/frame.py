"""The frame around every signed-in screen."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from branches.models import Approval, ReissueCase, Staff
from branches.queries.labels import person
from branches.queries.rows.parts import Frame
from branches.states import OPEN, ApprovalState, CaseState
from nh_otp.access import Actor, Permission
from nh_otp.policy import POLICY


def frame(*, by: Actor, at: datetime) -> Frame:
    """Who works where, and what waits for them; what they may not decide themselves does not: two queries."""
    staff = Staff.objects.select_related("branch__entity", "terminal").get(pk=by.staff_pk)
    made = Approval.objects.filter(case=OuterRef("pk"), state=ApprovalState.PENDING, maker_person=by.person_no)
    others = ~Q(owner_id=by.staff_pk) & ~Q(Exists(made))
    waiting = (
        ReissueCase.objects.visible_to(by)
        .filter(state__in=OPEN)
        .aggregate(
            cases=Count("pk", filter=Q(owner_id=by.staff_pk)),
            inbox=Count("pk", filter=Q(state=CaseState.AWAITING_APPROVAL) & others),
        )
    )
    return Frame(
        staff=person(staff),
        role=by.role.label,
        window=staff.terminal.name if staff.terminal else "",
        branch=f"{staff.branch.entity.name} {staff.branch.name}",
        decides=by.may(Permission.DECIDE_CASE),
        serves=by.may(Permission.REPORT_LOSS),
        at=at,
        cases=waiting["cases"],
        inbox=waiting["inbox"] if by.may(Permission.DECIDE_CASE) else 0,
        idle_seconds=int(POLICY.idle_session.total_seconds()),
    )
