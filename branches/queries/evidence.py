"""Exactly what a decider is shown, as a canonical text with its digest, and what they have to look at twice."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from branches.models import Channel, Customer, ReissueCase
from branches.states import CaseState
from nh_otp.four_eyes.decisions import digest_of
from nh_otp.policy import POLICY


class Flag(StrEnum):
    """What must be ticked before an approval (확인 사항); product.md 4."""

    CONTACT_CHANGED = "CONTACT_CHANGED"
    REISSUED_RECENTLY = "REISSUED_RECENTLY"
    DORMANT = "DORMANT"
    OTHER_BRANCH = "OTHER_BRANCH"
    PHISHING_ANSWER = "PHISHING_ANSWER"
    FEE_WAIVED = "FEE_WAIVED"


DORMANT_DAYS = 365


def content(case: ReissueCase) -> dict[str, object]:
    """What the case says now; the case must be loaded with identity, loss report, devices and customer.

    How the fee will be paid is left out: it is settled after the decision, when the fee is collected.
    """
    identity, report = case.identity, case.loss_report
    return {
        "case": case.number,
        "customer": case.customer.number,
        "customer_contact_changed_on": str(case.customer.contact_changed_on),
        "channel": case.channel,
        "reason": case.reason,
        "kind": case.kind,
        "old_device": str(case.old_device_id),
        "new_device": str(case.new_device_id),
        "loss_report": report.number if report else "",
        "identity": [identity.document, identity.result, identity.transaction_id] if identity else [],
        "documents": sorted(case.documents),
        "phishing": list(case.phishing_answers),
        "fee": [case.fee_won, case.fee_sentence],
        "memo": case.memo,
    }


def digest(case: ReissueCase) -> str:
    """SHA-256 over the canonical content: changes when anything a decider was shown changes."""
    return digest_of(content(case))


def seen(content_digest: str, flags: Collection[str]) -> str:
    """The digest a decision is bound to: the content and the flags that stood beside it."""
    return hashlib.sha256("\n".join([content_digest, *sorted(flags)]).encode()).hexdigest()


def flags(case: ReissueCase, *, at: datetime) -> Sequence[Flag]:
    """What a decider has to look at twice, computed at submission and again at decision."""
    raised = person_flags(case.customer, at=at, but=case.pk)
    if case.channel == Channel.COUNTER and case.customer.home_branch_id != case.branch_id:
        raised.add(Flag.OTHER_BRANCH)
    if any(case.phishing_answers):
        raised.add(Flag.PHISHING_ANSWER)
    return [flag for flag in Flag if flag in raised]


def person_flags(customer: Customer, *, at: datetime, but: UUID | None = None) -> set[Flag]:
    """What to look at twice about the person, whatever they came for; `but` is the case they came with."""
    today = timezone.localdate(at)
    ended = ReissueCase.objects.filter(~Q(pk=but), customer=customer, state=CaseState.COMPLETED)
    raised = {
        Flag.CONTACT_CHANGED: customer.contact_changed_since(today - POLICY.contact_change_flag),
        Flag.REISSUED_RECENTLY: ended.filter(ended_at__gte=at - POLICY.reissue_flag).exists(),
        Flag.DORMANT: customer.last_used_on is not None and (today - customer.last_used_on).days > DORMANT_DAYS,
    }
    return {flag for flag, up in raised.items() if up}
