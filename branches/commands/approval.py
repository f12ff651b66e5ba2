"""Four eyes (책임자 승인): a second person decides on exactly what they were shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from branches.commands.reissue import end_before_registration, own_case
from branches.models import Approval, Customer, IdentityCheck, ReissueCase, ReturnReason
from branches.queries import evidence
from branches.states import ApprovalState, ApprovalStep, CaseState, CaseStep
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict
from nh_otp.four_eyes import decisions
from nh_otp.four_eyes.decisions import ContentChanged, FlagsOpen, SelfApproval
from nh_otp.four_eyes.states import ApprovalKind


class Incomplete(Conflict):
    code, message = "reissue.incomplete", "1단계에서 4단계까지 마친 뒤 승인을 요청해 주십시오."


class IdentityNotOfToday(Conflict):
    code, message = "identity.not_of_today", "본인확인은 오늘 이 지점에서 한 것만 쓸 수 있습니다. 다시 확인해 주십시오."


SHOWN = ("customer", "identity", "loss_report", "old_device", "new_device")


def load(case_ref: UUID) -> ReissueCase:
    """A locked case again, with all that its digest covers."""
    return ReissueCase.objects.select_related(*SHOWN).get(pk=case_ref)


@command(action="reissue.submitted", needs=Permission.RUN_CASE, facts=("flags",))
def submit_case(trail: Trail, *, by: Actor, case_ref: UUID, memo: str = "", once: Once | None = None) -> ReissueCase:
    """Ask for approval once tasks 1 to 4 are done."""
    at = trail.at
    own_case(case_ref, by=by)
    case = load(case_ref)
    trail.about(case)
    if not (case.identity_id and case.paperwork_at and case.new_device_id):
        raise Incomplete()
    must_be_of_today(case.identity, by=by, at=at)
    case.take(CaseStep.SUBMIT, memo=memo)
    raised = evidence.flags(case, at=at)
    request = decisions.ask(ApprovalKind.REISSUE, case.pk, digest=evidence.digest(case), by=by, at=at, flags=raised)
    trail.about(request, flags=raised)
    return case


def must_be_of_today(identity: IdentityCheck | None, *, by: Actor, at: datetime) -> None:
    """An identity check counts for this branch and this Korean day only."""
    if identity is None or not identity.passed:
        raise Incomplete()
    if identity.branch_id != by.branch_pk or timezone.localdate(identity.checked_at) != timezone.localdate(at):
        raise IdentityNotOfToday()


@command(action="reissue.withdrawn", needs=Permission.RUN_CASE)
def withdraw_case(trail: Trail, *, by: Actor, case_ref: UUID, once: Once | None = None) -> ReissueCase:
    """Take a request for approval back, to mend something."""
    case = own_case(case_ref, by=by)
    trail.about(case)
    case.take(CaseStep.WITHDRAW)
    request = decisions.pending(case.pk)
    request.take(ApprovalStep.WITHDRAW)
    trail.about(request)
    return case


def _to_decide(trail: Trail, case_ref: UUID, *, by: Actor, at: datetime) -> tuple[ReissueCase, Approval]:
    """Case and request, locked in the house's order, for somebody who may decide them."""
    customer_id = ReissueCase.objects.get_visible(case_ref, by=by).customer_id
    Customer.objects.select_for_update(no_key=True).get(pk=customer_id)
    ReissueCase.objects.lock(case_ref, by=by)
    case = load(case_ref)
    trail.about(case)
    request = decisions.to_decide(case.pk, by=by, at=at)
    if by.staff_id == case.owner_id:
        raise SelfApproval()
    return case, request


@command(action="reissue.approved", needs=Permission.DECIDE_CASE, facts=("digest", "flags"))
def approve_case(
    trail: Trail, *, by: Actor, case_ref: UUID, seen: str, flags: Collection[str] = (), once: Once | None = None
) -> ReissueCase:
    """Approve exactly what was shown; refused when anything of it has changed since."""
    at = trail.at
    case, request = _to_decide(trail, case_ref, by=by, at=at)
    now_digest, raised = evidence.digest(case), evidence.flags(case, at=at)
    if now_digest != request.digest or evidence.seen(now_digest, raised) != seen:
        raise ContentChanged()
    if set(raised) != set(flags):
        raise FlagsOpen()
    case.take(CaseStep.APPROVE, approved_at=at)
    decisions.decide(request, ApprovalStep.APPROVE, by=by, at=at, flags=raised)
    trail.about(request, digest=request.digest, flags=list(raised))
    return case


@command(action="reissue.returned", needs=Permission.DECIDE_CASE, facts=("reason",))
def return_case(
    trail: Trail, *, by: Actor, case_ref: UUID, reason: ReturnReason, once: Once | None = None
) -> ReissueCase:
    """Send a request back to its maker with a reason (반려)."""
    at = trail.at
    case, request = _to_decide(trail, case_ref, by=by, at=at)
    case.take(CaseStep.RETURN)
    decisions.decide(request, ApprovalStep.RETURN, by=by, at=at, reason=reason)
    trail.about(request, reason=reason)
    return case


@command(action="reissue.refused", needs=Permission.DECIDE_CASE, facts=("reason", "refund_due"))
def refuse_case(
    trail: Trail, *, by: Actor, case_ref: UUID, reason: ReturnReason, once: Once | None = None
) -> ReissueCase:
    """Refuse a request for good (승인거절); the device goes back to the till."""
    at = trail.at
    case, request = _to_decide(trail, case_ref, by=by, at=at)
    end_before_registration(trail, case, CaseStep.REFUSE, by=by, reason=reason, opened=False)
    decisions.decide(request, ApprovalStep.REFUSE, by=by, at=at, reason=reason)
    trail.about(request, reason=reason)
    return case


@command(action="reissue.lapsed", needs=Permission.RUN_CLOCK)
def lapse_request(trail: Trail, *, by: Actor, approval: UUID, at: datetime) -> None:
    """Let a request nobody decided in time go back to its maker."""
    request = Approval.objects.select_related("case").get(pk=approval)
    Customer.objects.select_for_update(no_key=True).get(pk=request.reissue.customer_id)
    case = ReissueCase.objects.select_for_update(no_key=True).get(pk=request.subject)
    request = Approval.objects.select_for_update(no_key=True).get(pk=approval)
    if request.state != ApprovalState.PENDING or at < request.lapses_at or case.state != CaseState.AWAITING_APPROVAL:
        trail.nothing_new()
        return
    case.take(CaseStep.LAPSE)
    request.take(ApprovalStep.LAPSE)
    trail.about(case, request)
