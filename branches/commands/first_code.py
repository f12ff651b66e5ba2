"""The first code of a new device, and the registration that follows it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from branches.commands.reissue import NotYours
from branches.models import Customer, FeeState, IdentityCheck, LossReport, NoticeTemplate, ReissueCase
from branches.queries import evidence
from branches.queries.notices import to_customer
from branches.states import ApprovalState, CaseState, CaseStep
from devices import custody
from devices.models import CentreVerb, CheckOutcome, Device, Voucher
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, NotAllowed, NotFound
from nh_otp.gateways.otp_verifier import Verdict
from nh_otp.joined import Joined
from nh_otp.outbox.models import enqueue
from nh_otp.prepared import fetch_one


class NotApproved(Conflict):
    code, message = "first_code.not_approved", "승인된 건만 최초번호를 검증할 수 있습니다."


class FeeFirst(Conflict):
    code, message = "first_code.fee_first", "수수료를 받은 뒤에 최초번호를 검증해 주십시오."


class ChangedSinceApproval(Conflict):
    code, message = "first_code.changed", "승인 뒤에 내용이 바뀌었습니다. 승인을 다시 요청해 주십시오."


class OwnCase(NotAllowed):
    code = "first_code.own_case"
    message = "본인이 처리하는 건에는 시도를 더 허용할 수 없습니다. 다른 책임자에게 요청해 주십시오."


class NothingToGrant(Conflict):
    code = "first_code.nothing_to_grant"
    message = "시도가 아직 남아 있거나 이미 한 번 더 허용한 건입니다."


class ToRegister(NamedTuple):
    """What registration reads: the case with its evidence, the approved digest, the standing verification."""

    case: ReissueCase
    approved_digest: str | None
    standing_check: UUID | None


TO_ASK = Joined(
    "SELECT {columns} FROM reissue_case AS reissue WHERE reissue.id = %(case)s AND reissue.branch_id = %(branch)s",
    {"reissue": ReissueCase},
    prepare=True,
)


@command(action="first_code.asked", needs=Permission.RUN_CASE)
def ask_first_code(trail: Trail, *, by: Actor, case_ref: UUID, once: Once | None = None) -> ReissueCase:
    """Say that a code is about to be checked: the case is approved and paid for. The code itself is not here."""
    found = TO_ASK.first({"case": case_ref, "branch": by.branch_pk})
    if found is None:
        raise NotFound()
    case: ReissueCase = found[0]
    trail.about(case)
    if case.owner_id != by.staff_pk:
        raise NotYours()
    if case.state != CaseState.APPROVED:
        raise NotApproved()
    if case.fee_won and case.fee_state != FeeState.COLLECTED:
        raise FeeFirst()
    return case


@command(action="first_code.refused", needs=Permission.RUN_CASE, facts=("answer", "tries_left", "neighbour"))
def record_wrong_code(
    trail: Trail, *, by: Actor, case_ref: UUID, verdict: Verdict, once: Once | None = None
) -> ReissueCase:
    """Note an answer other than a match; it is an answer, not a refusal."""
    case = ReissueCase.objects.get_visible(case_ref, by=by)
    trail.about(case, answer=verdict.outcome, tries_left=verdict.tries_left)
    if verdict.neighbour:
        trail.fact(neighbour=True)
    return case


@command(action="first_code.tries_granted", needs=Permission.DECIDE_CASE)
def grant_tries(trail: Trail, *, by: Actor, case_ref: UUID, once: Once | None = None) -> ReissueCase:
    """Allow one more set of tries for the device of a case, once, and by another person; product.md 7."""
    by.must_have_stepped_up(at=trail.at)
    case = ReissueCase.objects.lock(case_ref, by=by)
    trail.about(case)
    if by.person_no == case.owner.person_no:
        raise OwnCase()
    if case.state != CaseState.APPROVED:
        raise NotApproved()
    if not fetch_one(GRANT, {"device": case.new_device_pk, "case": case.pk}):
        raise NothingToGrant()
    trail.about(Device(pk=case.new_device_pk))
    return case


GRANT = "SELECT 1 WHERE grant_desk_tries(%(device)s, %(case)s)"


@command(action="reissue.registered", needs=Permission.RUN_CASE, facts=("verification", "shift_seconds"))
def register_case(
    trail: Trail, *, by: Actor, case_ref: UUID, shift_seconds: int | None = None, once: Once | None = None
) -> ReissueCase:
    """Put the verified device into use and retire the old one: one transaction, repeatable without a new code.

    Consumes the standing verification row of this case and device; compares the approved digest once more.
    `shift_seconds` is how far off its clock was found, for the record.
    """
    at = trail.at
    read = _to_register(case_ref, by=by)
    case = read.case
    trail.about(case)
    if case.state in (CaseState.REGISTERED, CaseState.COMPLETED):
        trail.nothing_new()
        return case
    check = _standing(read)
    new, old = case.new_device_pk, case.old_device_id
    on = Voucher(by.staff_no, case.number, at)
    custody.register(check=check, new_id=new, old_id=old, customer_id=case.customer_id, on=on)
    case.take(CaseStep.REGISTER, verification_id=check, registered_at=at)
    enqueue(
        custody.to_centre(CentreVerb.REGISTER, new),
        *([custody.to_centre(CentreVerb.RETIRE, old)] if old else []),
        to_customer(case.customer_id, NoticeTemplate.REISSUED, number=case.number),
        at=at,
    )
    trail.about(*(Device(pk=device) for device in (new, old) if device), verification=check)
    if shift_seconds is not None:
        trail.fact(shift_seconds=shift_seconds)
    return case


TO_REGISTER = Joined(
    """
    SELECT {columns}, (
      SELECT digest FROM approval WHERE case_id = reissue.id AND state = %(approved)s ORDER BY decided_at DESC LIMIT 1
    ), (
      SELECT id FROM code_check
      WHERE case_id = reissue.id AND device_id = reissue.new_device_id AND outcome = %(match)s AND consumed_at IS NULL
      ORDER BY claimed_at DESC LIMIT 1
    )
    FROM reissue_case AS reissue
    JOIN customer ON customer.id = reissue.customer_id
    LEFT JOIN identity_check AS identity ON identity.id = reissue.identity_id
    LEFT JOIN loss_report AS report ON report.id = reissue.loss_report_id
    WHERE reissue.id = %(case)s AND reissue.branch_id = %(branch)s
    FOR NO KEY UPDATE OF customer, reissue
    """,
    {"reissue": ReissueCase, "customer": Customer, "identity": IdentityCheck, "report": LossReport},
    prepare=True,
)


def _to_register(case_ref: UUID, *, by: Actor) -> ToRegister:
    """The case behind its customer, locked, with all that the approval covered, in one statement."""
    found = TO_REGISTER.first(
        {
            "case": case_ref,
            "branch": by.branch_pk,
            "approved": ApprovalState.APPROVED.value,
            "match": CheckOutcome.MATCH.value,
        }
    )
    if found is None:
        raise NotFound()
    case, case.customer, case.identity, case.loss_report, digest, check = found
    if case.owner_id != by.staff_pk:
        raise NotYours()
    return ToRegister(case, digest, check)


def _standing(read: ToRegister) -> UUID:
    """The verification that may register this case; its content must still be what was approved."""
    if read.case.state != CaseState.APPROVED or read.approved_digest is None:
        raise NotApproved()
    if read.approved_digest != evidence.digest(read.case):
        raise ChangedSinceApproval()
    if read.standing_check is None:
        raise custody.NotVerified()
    return read.standing_check
