"""Asking for a decision and making it: the one mechanism, inside the transaction of the command that uses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from nh_otp.access import Actor
from nh_otp.errors import Conflict, Invalid, NotAllowed, NotFound
from nh_otp.four_eyes.models import OWN_REQUEST, Approval
from nh_otp.four_eyes.states import ApprovalKind, ApprovalState, ApprovalStep
from nh_otp.policy import POLICY


class SelfApproval(NotAllowed):
    code, message = "approval.self", OWN_REQUEST


class ContentChanged(Conflict):
    code, message = "approval.changed", "확인하시는 동안 신청 내용이 바뀌었습니다. 바뀐 곳을 다시 확인해 주십시오."


class AlreadyDecided(Conflict):
    code, message = "approval.already_decided", "다른 책임자가 먼저 처리하였거나 요청이 끝났습니다."


class FlagsOpen(Invalid):
    code, message = "approval.flags_open", "확인 사항을 모두 확인하고 표시해 주십시오."


def digest_of(content: Mapping[str, object]) -> str:
    """SHA-256 over the canonical text of what a decider is shown."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def ask(
    kind: ApprovalKind,
    subject: UUID,
    *,
    digest: str,
    by: Actor,
    at: datetime,
    flags: Collection[str] = (),
    lapses_after: timedelta = POLICY.request_lapses_after,
) -> Approval:
    """Ask somebody else to decide; a second request while one waits breaks a constraint with its own sentence."""
    return Approval.objects.create(
        kind=kind,
        subject=subject,
        case_id=subject if kind == ApprovalKind.REISSUE else None,
        branch_id=by.branch_pk,
        digest=digest,
        flags=list(flags),
        maker_id=by.staff_pk,
        maker_person=by.person_no,
        requested_at=at,
        lapses_at=at + lapses_after,
    )


def pending(subject: UUID) -> Approval:
    """The request that waits for a decision, locked; lock what it is about first. Raises AlreadyDecided."""
    waiting = Approval.objects.filter(subject=subject, state=ApprovalState.PENDING)
    request = waiting.select_for_update(no_key=True).first()
    if request is None:
        raise AlreadyDecided()
    return request


def to_decide(subject: UUID, *, by: Actor, at: datetime) -> Approval:
    """The pending request, if this person may decide it now: second factor fresh, same branch, not the maker."""
    by.must_have_stepped_up(at=at)
    request = pending(subject)
    if request.branch_id != by.branch_pk:
        raise NotFound()
    if by.person_no == request.maker_person:
        raise SelfApproval()
    if at >= request.lapses_at:
        raise AlreadyDecided("승인 요청의 기한이 지났습니다. 담당자에게 다시 요청하도록 알려 주십시오.")
    return request


def must_be_as_shown(request: Approval, *, shown: str, now: str) -> None:
    """Refuse when what was asked, what was shown and what is there now are not one. Raises ContentChanged."""
    if not (request.digest == shown == now):
        raise ContentChanged()


def decide(
    request: Approval, step: ApprovalStep, *, by: Actor, at: datetime, reason: str = "", flags: Collection[str] = ()
) -> None:
    """Write the one decision; the constraint on the person stands behind it. Raises WrongState."""
    changes: dict[str, object] = {"reason": reason} if reason else {}
    if flags:
        changes["flags"] = list(flags)
    request.take(step, decider_id=by.staff_pk, decider_person=by.person_no, decided_at=at, **changes)
