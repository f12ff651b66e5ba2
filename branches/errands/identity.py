"""Ask the issuer whether an identity document is genuine, between two commands."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from branches.commands.identity import ask_identity, record_identity
from branches.models import CheckResult, DocumentKind, IdentityCheck
from nh_otp import gateways
from nh_otp.access import Actor, Once
from nh_otp.gateways.id_authenticity import IdQuestion


def check_identity(
    *,
    by: Actor,
    case_ref: UUID | None = None,
    service_ref: UUID | None = None,
    document: DocumentKind,
    name: str,
    birth_on: date,
    photo_matched: bool,
    issued_on: date | None = None,
    number_tail: str = "",
    once: Once | None = None,
) -> IdentityCheck:
    """Match by typing; when all matches, ask the issuer and record the answer. The document's number is not kept.

    The check is for one case or one device service.
    """
    check = ask_identity(
        by=by,
        case_ref=case_ref,
        service_ref=service_ref,
        document=document,
        name=name,
        birth_on=birth_on,
        photo_matched=photo_matched,
        once=once,
    )
    if check.result != CheckResult.PENDING:
        return check
    question = IdQuestion(
        kind=document.value, name=name, birth_on=birth_on, number_tail=number_tail, issued_on=issued_on
    )
    answer = gateways.id_authenticity().query(question)
    return record_identity(by=by, case_ref=case_ref, service_ref=service_ref, check=check.pk, answer=answer)
