"""Is this the code? Claim a try, open the seed, compare, consume the step; product.md 7."""

from __future__ import annotations

import dataclasses
import re
import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from devices.custody import MalformedCode, must_look_like_code
from devices.models import CheckOutcome, CodeCheck, DeskTries
from devices.verifier import claims, neighbours, records
from devices.verifier.claims import Asked, Claim
from devices.verifier.judgement import judge, judge_pair, needs_decision
from devices.verifier.refusals import (
    CheckRefused,
    ClocksDisagree,
    NothingToCheck,
    OnceTaken,
    SeedUnreadable,
    StillChecking,
)
from devices.verifier.seeds import Label, Seeds
from nh_otp.gateways.otp_verifier import CodeCheck as Question
from nh_otp.gateways.otp_verifier import CodePair, Outcome, Purpose, Verdict
from nh_otp.policy import POLICY
from nh_otp.vault import CannotOpen

LOOKS: Final = 5  # claims may lose that many races before the answer is "later"
POLL: Final = 0.05  # seconds
_STAFF_NO: Final = re.compile(r"[0-9A-Za-z:?_-]{1,30}")


def check(seeds: Seeds, question: Question | CodePair, *, at: datetime, patience: timedelta) -> Verdict:
    """One code, or two in a row: one claim, one answer. Waits `patience` for a twin that asks the same question."""
    asked = _asked(question)
    gives_up = time.monotonic() + patience.total_seconds()
    races = 0
    while races < LOOKS:
        claim = _claim(asked, at)
        if claim.is_ours:
            return _evaluate(seeds, claim, asked, question, at=at)
        if claim.earlier_outcome != CheckOutcome.PENDING:
            verdict = _unclaimed(claim, asked, at)
            if verdict:
                return verdict
            races += 1
        elif time.monotonic() > gives_up:
            raise StillChecking()
        else:
            time.sleep(POLL)
    raise StillChecking()


def standing(*, device: UUID, subject: UUID, at: datetime) -> Verdict | None:
    """The match that registration may still consume. Spends nothing."""
    matches = CodeCheck.objects.filter(
        device_id=device,
        subject=subject,
        outcome=CheckOutcome.MATCH,
        consumed_at=None,
        claimed_at__gt=at - POLICY.verification_valid_for,
    )
    found = matches.order_by("-claimed_at").values_list("pk", flat=True).first()
    if found is None:
        return None
    tries = DeskTries.objects.filter(device_id=device, subject=subject).first()
    return Verdict(Outcome.MATCH, found, tries.granted - tries.claimed if tries else POLICY.desk_tries)


def _asked(question: Question | CodePair) -> Asked:
    """Refuse what cannot be a question, before the database hears of it."""
    codes = (question.first, question.second) if isinstance(question, CodePair) else (question.code,)
    for code in codes:
        must_look_like_code(code)
    if len({len(code) for code in codes}) > 1:
        raise MalformedCode()
    if not _STAFF_NO.fullmatch(question.staff_no):
        raise CheckRefused()
    try:
        once = UUID(question.once)
    except ValueError:
        raise CheckRefused() from None
    return Asked(question.purpose, question.device, question.subject, once, len(codes[0]), len(codes) > 1)


def _claim(asked: Asked, at: datetime) -> Claim:
    claim = claims.claim(asked, at=at, today=timezone.localdate(at))
    if claim is None:
        raise NothingToCheck()
    return claim


def _unclaimed(claim: Claim, asked: Asked, at: datetime) -> Verdict | None:
    """Why no try was spent; None when another claim was faster and the reason has yet to be read."""
    if claim.check:
        if (claim.earlier_device, claim.earlier_subject) != (asked.device, asked.subject):
            raise OnceTaken()
        return _verdict(CheckOutcome(claim.earlier_outcome or ""), claim, asked, claim.earlier_shift)
    if not claim.is_open:
        raise NothingToCheck()
    if asked.digits != claim.digits:
        raise MalformedCode()
    if not claim.clocks_agree:
        raise ClocksDisagree()
    return _closed(claim, asked, at)


def _closed(claim: Claim, asked: Asked, at: datetime) -> Verdict | None:
    if claim.valid_until < timezone.localdate(at):
        return Verdict(Outcome.EXPIRED, None, asked.tries_left(claim))
    if asked.locks(claim):
        return Verdict(Outcome.LOCKED, None, 0)
    if claim.claimed >= claim.granted:
        return Verdict(Outcome.TRIES_USED, None, 0)
    return None


def _evaluate(seeds: Seeds, claim: Claim, asked: Asked, question: Question | CodePair, *, at: datetime) -> Verdict:
    seed = _open(seeds, claim, question, at)
    found = (
        judge_pair(claim, asked, seed, question, at=at)
        if isinstance(question, CodePair)
        else judge(claim, seed, question.code, at=at)
    )
    if found.outcome is CheckOutcome.MATCH:
        forgives = question.purpose is not Purpose.UNLOCK
        outcome = claims.consume(_key(claim), found, device=question.device, forgives=forgives)
    else:
        outcome = _settle(claim, asked, question, found.outcome, at=at)
    verdict = _verdict(outcome, claim, asked, found.shift)
    if outcome is CheckOutcome.WRONG and isinstance(question, Question) and asked.purpose is Purpose.FIRST_CODE:
        return dataclasses.replace(verdict, neighbour=neighbours.show(seeds, question, at=at))
    return verdict


def _settle(
    claim: Claim, asked: Asked, question: Question | CodePair, outcome: CheckOutcome, *, at: datetime
) -> CheckOutcome:
    if not asked.locks(claim):
        return claims.settle(_key(claim), outcome)
    with transaction.atomic():
        settled = claims.settle(_key(claim), outcome)
        records.lock(question.device, asked_by=question.staff_no, at=at)
    return settled


def _open(seeds: Seeds, claim: Claim, question: Question | CodePair, at: datetime) -> bytes:
    label = Label(
        question.device, claim.serial, claim.algorithm, claim.digits, claim.period, claim.lot, claim.row_version
    )
    try:
        return seeds.open(claim.sealed, wrapped_key=claim.wrapped_key, label=label)
    except CannotOpen:
        records.unreadable(question.device, asked_by=question.staff_no, at=at)
        raise SeedUnreadable() from None


def _verdict(outcome: CheckOutcome, claim: Claim, asked: Asked, shift: int | None) -> Verdict:
    if outcome is not CheckOutcome.MATCH:
        return Verdict(Outcome(outcome.value), None, asked.tries_left(claim))
    told = Outcome.NEEDS_DECISION if needs_decision(asked.purpose, shift) else Outcome.MATCH
    # a match ended the row of wrong codes
    seconds = None if shift is None else shift * claim.period
    return Verdict(told, claim.check, claim.granted - claim.claimed, drift_seconds=seconds)


def _key(claim: Claim) -> UUID:
    if claim.check is None:
        raise LookupError("a try was claimed without a row")
    return claim.check
