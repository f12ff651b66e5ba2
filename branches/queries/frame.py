"""The frame around every signed-in screen."""

from __future__ import annotations

from datetime import datetime

from branches.models import ReissueCase, Staff
from branches.queries.asked import to_decide
from branches.queries.rows.frame import Frame
from branches.states import OPEN
from nh_otp.access import Actor, Permission
from nh_otp.policy import POLICY
from nh_otp.shown import person


def frame(*, by: Actor, at: datetime) -> Frame:
    """Who works where, and what waits for them; what they may not decide themselves does not."""
    staff = Staff.objects.select_related("branch__entity", "terminal").get(pk=by.staff_pk)
    decides = by.may(Permission.DECIDE_CASE)
    return Frame(
        staff=person(staff),
        role=by.role.label,
        window=staff.terminal.name if staff.terminal else "",
        branch=f"{staff.branch.entity.name} {staff.branch.name}",
        decides=decides,
        serves=by.may(Permission.REPORT_LOSS),
        keeps=by.may(Permission.VIEW_STOCK),
        at=at,
        cases=ReissueCase.objects.visible_to(by).filter(state__in=OPEN, owner_id=by.staff_pk).count(),
        inbox=to_decide(by).count() if decides else 0,
        idle_seconds=int(POLICY.idle_session.total_seconds()),
    )
