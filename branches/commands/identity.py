"""Checking who is asking: the teller types what the document says, the server answers without showing the record."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from branches.commands.reissue import own_case
from branches.commands.service import own_service
from branches.models import CheckResult, DocumentKind, IdentityCheck, ReissueCase
from branches.models.customer import normal
from branches.states import CaseState
from devices.models import DeviceService, ServiceState
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, NotFound
from nh_otp.gateways.id_authenticity import IdAnswer

Matter = ReissueCase | DeviceService
"""What a customer's identity is checked for."""


def _own(case_ref: UUID | None, service_ref: UUID | None, *, by: Actor) -> Matter:
    """The one case or service a check is for, locked, if this person runs it. Raises NotFound."""
    if case_ref is not None:
        by.must(Permission.RUN_CASE)
        return own_case(case_ref, by=by)
    if service_ref is not None:
        return own_service(service_ref, by=by)
    raise NotFound()


def _in_hand(matter: Matter) -> bool:
    """Are the tasks at the counter still to be done?"""
    return matter.state == (CaseState.IN_PROGRESS if isinstance(matter, ReissueCase) else ServiceState.OPEN)


@command(action="identity.asked", needs=Permission.SERVE_DEVICE, facts=("document", "matched"))
def ask_identity(
    trail: Trail,
    *,
    by: Actor,
    case_ref: UUID | None = None,
    service_ref: UUID | None = None,
    document: DocumentKind,
    name: str,
    birth_on: date,
    photo_matched: bool,
    once: Once | None = None,
) -> IdentityCheck:
    """Compare what was typed with the record, and note that the issuer is about to be asked."""
    matter = _own(case_ref, service_ref, by=by)
    trail.about(matter, document=document)
    if not _in_hand(matter):
        raise Conflict()
    check = _compared(matter, name=name, birth_on=birth_on, photo_matched=photo_matched)
    check.document, check.checked_at, check.checked_by_id, check.branch_id = (
        document,
        trail.at,
        by.staff_pk,
        by.branch_pk,
    )
    check.save(force_insert=True)
    if matter.identity_id is not None:
        matter.write(identity=None)
    trail.about(check, matter.customer, matched=check.result == CheckResult.PENDING)
    return check


def _compared(matter: Matter, *, name: str, birth_on: date, photo_matched: bool) -> IdentityCheck:
    """What was typed beside the record; only what matched is kept, not what was typed."""
    matches = {
        "name_matched": normal(name) == normal(matter.customer.name),
        "birth_matched": birth_on == matter.customer.birth_on,
        "photo_matched": photo_matched,
    }
    result = CheckResult.PENDING if all(matches.values()) else CheckResult.NOT_MATCHED
    return IdentityCheck(**{_column(matter): matter}, result=result, **matches)


def _column(matter: Matter) -> str:
    return "case" if isinstance(matter, ReissueCase) else "service"


@command(action="identity.answered", needs=Permission.SERVE_DEVICE, facts=("result", "transaction_id"))
def record_identity(
    trail: Trail,
    *,
    by: Actor,
    case_ref: UUID | None = None,
    service_ref: UUID | None = None,
    check: UUID,
    answer: IdAnswer,
) -> IdentityCheck:
    """Note the issuer's answer; a genuine document proves the customer for this matter, branch and day."""
    matter = _own(case_ref, service_ref, by=by)
    row = IdentityCheck.objects.select_for_update(of=("self",)).filter(pk=check, **{_column(matter): matter}).first()
    if row is None:
        raise NotFound()
    trail.about(matter, row, result=answer.result, transaction_id=answer.transaction_id)
    if row.result != CheckResult.PENDING:
        trail.nothing_new()
        return row
    row.result, row.transaction_id, row.answered_at = answer.result.value, answer.transaction_id, answer.answered_at
    row.save(update_fields=["result", "transaction_id", "answered_at"])
    if row.passed and _in_hand(matter):
        matter.write(identity=row)
    return row
