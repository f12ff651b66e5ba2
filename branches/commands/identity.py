"""Checking who is asking: the teller types what the document says, the server answers without showing the record."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from branches.commands.reissue import own_case
from branches.models import CheckResult, DocumentKind, IdentityCheck, ReissueCase
from branches.models.customer import normal
from branches.states import CaseState
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, NotFound
from nh_otp.gateways.id_authenticity import IdAnswer


@command(action="identity.asked", needs=Permission.RUN_CASE, facts=("document", "matched"))
def ask_identity(
    trail: Trail,
    *,
    by: Actor,
    case_ref: UUID,
    document: DocumentKind,
    name: str,
    birth_on: date,
    photo_matched: bool,
    once: Once | None = None,
) -> IdentityCheck:
    """Compare what was typed with the record, and note that the issuer is about to be asked."""
    case = own_case(case_ref, by=by)
    trail.about(case, document=document)
    if case.state != CaseState.IN_PROGRESS:
        raise Conflict()
    check = _compared(case, name=name, birth_on=birth_on, photo_matched=photo_matched)
    check.document, check.checked_at, check.checked_by_id, check.branch_id = (
        document,
        trail.at,
        by.staff_pk,
        by.branch_pk,
    )
    check.save(force_insert=True)
    if case.identity_id is not None:
        case.write(identity=None)
    trail.about(check, case.customer, matched=check.result == CheckResult.PENDING)
    return check


def _compared(case: ReissueCase, *, name: str, birth_on: date, photo_matched: bool) -> IdentityCheck:
    """What was typed beside the record; only what matched is kept, not what was typed."""
    matches = {
        "name_matched": normal(name) == normal(case.customer.name),
        "birth_matched": birth_on == case.customer.birth_on,
        "photo_matched": photo_matched,
    }
    result = CheckResult.PENDING if all(matches.values()) else CheckResult.NOT_MATCHED
    return IdentityCheck(case=case, result=result, **matches)


@command(action="identity.answered", needs=Permission.RUN_CASE, facts=("result", "transaction_id"))
def record_identity(trail: Trail, *, by: Actor, case_ref: UUID, check: UUID, answer: IdAnswer) -> IdentityCheck:
    """Note the issuer's answer; a genuine document proves the customer for this case, branch and day."""
    case = own_case(case_ref, by=by)
    row = IdentityCheck.objects.select_for_update().filter(pk=check, case=case).first()
    if row is None:
        raise NotFound()
    trail.about(case, row, result=answer.result, transaction_id=answer.transaction_id)
    if row.result != CheckResult.PENDING:
        trail.nothing_new()
        return row
    row.result, row.transaction_id, row.answered_at = answer.result.value, answer.transaction_id, answer.answered_at
    row.save(update_fields=["result", "transaction_id", "answered_at"])
    if row.passed and case.state == CaseState.IN_PROGRESS:
        case.write(identity=row)
    return row
