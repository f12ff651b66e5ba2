"""Four eyes over device services: a second person decides, the verifier acts on it, the device is in order again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from branches.commands.approval import must_be_of_today
from branches.commands.service import must_be_open, own_service
from branches.models import Approval, Customer, NoticeTemplate, ReturnReason
from branches.queries import service_evidence
from branches.queries.notices import to_customer
from branches.states import ApprovalState, ApprovalStep
from devices import custody
from devices.models import CentreVerb, CodeCheck, DeviceService, ServiceKind, ServiceState, ServiceStep
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict
from nh_otp.four_eyes import decisions
from nh_otp.four_eyes.decisions import ContentChanged, FlagsOpen, SelfApproval
from nh_otp.four_eyes.states import ApprovalKind
from nh_otp.machine import WrongState
from nh_otp.outbox.models import enqueue
from nh_otp.policy import POLICY

ASKS = {ServiceKind.UNLOCK: ApprovalKind.UNLOCK, ServiceKind.RESYNC: ApprovalKind.WIDE_RESYNC}
"""What is asked for each kind of service."""


class CodeFirst(Conflict):
    code, message = "service.code_first", "확인한 번호가 없거나 15분이 지났습니다. 번호를 다시 확인해 주십시오."


def load(service_ref: UUID) -> DeviceService:
    """A locked service again, with all that its digest covers."""
    return DeviceService.objects.select_related(*service_evidence.SHOWN).get(pk=service_ref)


def _behind_its_customer(service_ref: UUID, *, by: Actor) -> DeviceService:
    """The service locked in the house's order, with all that its digest covers. Raises NotFound."""
    customer = DeviceService.objects.get_visible(service_ref, by=by).customer_id
    Customer.objects.select_for_update(no_key=True).get(pk=customer)
    DeviceService.objects.lock(service_ref, by=by)
    return load(service_ref)


@command(action="service.submitted", needs=Permission.SERVE_DEVICE, facts=("flags",))
def submit_service(trail: Trail, *, by: Actor, service_ref: UUID, once: Once | None = None) -> DeviceService:
    """Ask for a decision once the customer and the device are proven."""
    at = trail.at
    must_be_open(own_service(service_ref, by=by))
    service = load(service_ref)
    trail.about(service)
    must_be_of_today(service.identity, by=by, at=at)
    _must_be_fresh(service.verification, at=at)
    service.take(ServiceStep.SUBMIT)
    raised, digest = service_evidence.flags(service, at=at), service_evidence.digest(service)
    kind = ASKS[ServiceKind(service.kind)]
    trail.about(decisions.ask(kind, service.pk, digest=digest, by=by, at=at, flags=raised), flags=raised)
    return service


def _must_be_fresh(check: CodeCheck | None, *, at: datetime) -> None:
    if check is None or check.claimed_at <= at - POLICY.verification_valid_for:
        raise CodeFirst()


def _to_decide(trail: Trail, service_ref: UUID, *, by: Actor) -> tuple[DeviceService, Approval]:
    service = _behind_its_customer(service_ref, by=by)
    trail.about(service)
    request = decisions.to_decide(service.pk, by=by, at=trail.at)
    if by.staff_id == service.owner_id:
        raise SelfApproval()
    return service, request


@command(action="service.approved", needs=Permission.DECIDE_CASE, facts=("digest", "flags"))
def approve_service(
    trail: Trail, *, by: Actor, service_ref: UUID, seen: str, flags: Collection[str] = (), once: Once | None = None
) -> DeviceService:
    """Approve exactly what was shown; the verifier acts on the decided row, not on anybody's word."""
    at = trail.at
    service, request = _to_decide(trail, service_ref, by=by)
    raised = service_evidence.flags(service, at=at)
    if request.digest != service_evidence.digest(service) or service_evidence.seen(service, at=at) != seen:
        raise ContentChanged()
    if set(raised) != set(flags):
        raise FlagsOpen()
    decisions.decide(request, ApprovalStep.APPROVE, by=by, at=at, flags=raised)
    service.take(ServiceStep.APPROVE)
    trail.about(request, digest=request.digest, flags=list(raised))
    return service


@command(action="service.returned", needs=Permission.DECIDE_CASE, facts=("reason",))
def return_service(
    trail: Trail, *, by: Actor, service_ref: UUID, reason: ReturnReason, once: Once | None = None
) -> DeviceService:
    """Send a request back to its maker with a reason (반려)."""
    service, request = _to_decide(trail, service_ref, by=by)
    service.take(ServiceStep.RETURN)
    decisions.decide(request, ApprovalStep.RETURN, by=by, at=trail.at, reason=reason)
    trail.about(request, reason=reason)
    return service


@command(action="service.refused", needs=Permission.DECIDE_CASE, facts=("reason",))
def refuse_service(
    trail: Trail, *, by: Actor, service_ref: UUID, reason: ReturnReason, once: Once | None = None
) -> DeviceService:
    """Refuse a request for good (승인거절); the device stays as it is."""
    service, request = _to_decide(trail, service_ref, by=by)
    service.take(ServiceStep.REFUSE, ended_at=trail.at, end_reason=reason)
    decisions.decide(request, ApprovalStep.REFUSE, by=by, at=trail.at, reason=reason)
    trail.about(request, reason=reason)
    return service


@command(action="service.lapsed", needs=Permission.RUN_CLOCK)
def lapse_service(trail: Trail, *, by: Actor, approval: UUID, at: datetime) -> None:
    """Let a request nobody decided in time go back to its maker."""
    service = _behind_its_customer(Approval.objects.only("subject").get(pk=approval).subject, by=by)
    request = Approval.objects.select_for_update(no_key=True).get(pk=approval)
    trail.about(service, request)
    if request.state != ApprovalState.PENDING or at < request.lapses_at:
        trail.nothing_new()
        return
    service.take(ServiceStep.RETURN)
    request.take(ApprovalStep.LAPSE)


@command(action="service.finishing", needs=Permission.FINISH_SERVICE)
def ask_to_finish(trail: Trail, *, by: Actor, service_ref: UUID) -> DeviceService:
    """Say that the verifier is about to act on a decision; the decision itself is on record already."""
    service = DeviceService.objects.get_visible(service_ref, by=by)
    trail.about(service)
    trail.nothing_new()
    if service.state not in (ServiceState.APPROVED, ServiceState.DONE):
        raise WrongState()
    return service


@command(action="service.finished", needs=Permission.FINISH_SERVICE, facts=("shift_seconds",))
def finish_service(trail: Trail, *, by: Actor, service_ref: UUID, once: Once | None = None) -> DeviceService:
    """Put in order what the verifier has settled; repeatable, told to the centre and the customer once."""
    service = _behind_its_customer(service_ref, by=by)
    trail.about(service, service.customer, service.device, shift_seconds=service.shift_seconds)
    if service.state == ServiceState.DONE:
        trail.nothing_new()
        return service
    if service.kind == ServiceKind.UNLOCK:
        custody.unlock(service.device_id)
        enqueue(
            custody.to_centre(CentreVerb.RESET_ERRORS, service.device_id),
            to_customer(service.customer_id, NoticeTemplate.UNLOCKED, number=service.number),
            at=trail.at,
        )
    service.take(ServiceStep.FINISH, ended_at=trail.at)
    return service
