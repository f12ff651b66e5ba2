"""Is this the code? Claim a try, open the seed, compare, consume the step; product.md 7."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from devices import otp
from devices.custody import MalformedCode, must_look_like_code
from devices.models import CheckOutcome, CodeCheck, DeskTries
from devices.states import Algorithm
from devices.verifier import claims, records
from devices.verifier.claims import Claim
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
from nh_otp.gateways.otp_verifier import Outcome, Verdict
from nh_otp.policy import POLICY
from nh_otp.vault import CannotOpen

LOOKS: Final = 5  # claims may lose that many races before the answer is "later"
POLL: Final = 0.05  # seconds
_STAFF_NO: Final = re.compile(r"[0-9A-Za-z:?_-]{1,30}")


class Found(NamedTuple):
    """What a code turned out to be; `step` and `drift` are to be consumed when it may count."""

    outcome: CheckOutcome
    step: int = 0
    drift: int = 0


def check(seeds: Seeds, question: Question, *, at: datetime, patience: timedelta) -> Verdict:
    """One code, one try, one answer. Waits `patience` for a twin that is asking the same question."""
    once = _once(question)
    gives_up = time.monotonic() + patience.total_seconds()
    races = 0
    while races < LOOKS:
        claim = _claim(question, once, at)
        if claim.is_ours:
            return _evaluate(seeds, claim, question, at=at)
        if claim.earlier_outcome != CheckOutcome.PENDING:
            verdict = _unclaimed(claim, question, at)
            if verdict:
                return verdict
            races += 1
        elif time.monotonic() > gives_up:
            raise StillChecking()
        else:
            time.sleep(POLL)
    raise StillChecking()


def standing(*, device: UUID, case: UUID, at: datetime) -> Verdict | None:
    """The match that registration may still consume. Spends nothing."""
    matches = CodeCheck.objects.filter(
        device_id=device,
        case_id=case,
        outcome=CheckOutcome.MATCH,
        consumed_at=None,
        claimed_at__gt=at - POLICY.verification_valid_for,
    )
    found = matches.order_by("-claimed_at").values_list("pk", flat=True).first()
    if found is None:
        return None
    tries = DeskTries.objects.get(device_id=device, case_id=case)
    return Verdict(Outcome.MATCH, found, tries.granted - tries.claimed)


def judge(claim: Claim, seed: bytes, code: str, *, at: datetime) -> Found:
    """Where in time this code belongs: inside the window, further off, behind the last accepted step, or nowhere."""
    parameters = otp.Parameters(Algorithm(claim.algorithm), claim.digits, claim.period)
    around = otp.step_at(at, claim.period)
    near = otp.match(seed, parameters, code, around=around, window=POLICY.window_steps, drift=claim.drift)
    step = near
    if step is None:
        step = otp.match(seed, parameters, code, around=around, window=POLICY.first_use_steps, drift=claim.drift)
    if step is None:
        return Found(CheckOutcome.WRONG)
    if step <= claim.last_step:
        return Found(CheckOutcome.REUSED)
    if near is None:
        return Found(CheckOutcome.DRIFTED)
    drift = otp.learn_drift(claim.drift, step - around - claim.drift, POLICY.drift_cap_steps)
    return Found(CheckOutcome.MATCH, step, drift)


def _once(question: Question) -> UUID:
    """Refuse what cannot be a question, before the database hears of it."""
    must_look_like_code(question.code)
    if not _STAFF_NO.fullmatch(question.staff_no):
        raise CheckRefused()
    try:
        return UUID(question.once)
    except ValueError:
        raise CheckRefused() from None


def _claim(question: Question, once: UUID, at: datetime) -> Claim:
    claim = claims.claim(
        device=question.device,
        case=question.case,
        once=once,
        digits=len(question.code),
        at=at,
        today=timezone.localdate(at),
    )
    if claim is None:
        raise NothingToCheck()
    return claim


def _unclaimed(claim: Claim, question: Question, at: datetime) -> Verdict | None:
    """Why no try was spent; None when another claim was faster and the reason has yet to be read."""
    if claim.check:
        if (claim.earlier_device, claim.earlier_case) != (question.device, question.case):
            raise OnceTaken()
        return _verdict(CheckOutcome(claim.earlier_outcome or ""), claim)
    if not claim.is_open:
        raise NothingToCheck()
    if len(question.code) != claim.digits:
        raise MalformedCode()
    if not claim.clocks_agree:
        raise ClocksDisagree()
    return _closed(claim, at)


def _closed(claim: Claim, at: datetime) -> Verdict | None:
    if claim.valid_until < timezone.localdate(at):
        return Verdict(Outcome.EXPIRED, None, claim.tries_left)
    if claim.failures >= POLICY.consecutive_tries:
        return Verdict(Outcome.LOCKED, None, 0)
    if claim.claimed >= claim.granted:
        return Verdict(Outcome.TRIES_USED, None, 0)
    return None


def _evaluate(seeds: Seeds, claim: Claim, question: Question, *, at: datetime) -> Verdict:
    found = judge(claim, _open(seeds, claim, question, at), question.code, at=at)
    if found.outcome is CheckOutcome.MATCH:
        outcome = claims.consume(_key(claim), device=question.device, step=found.step, drift=found.drift)
    elif claim.failures < POLICY.consecutive_tries:
        outcome = claims.settle(_key(claim), found.outcome)
    else:
        with transaction.atomic():
            outcome = claims.settle(_key(claim), found.outcome)
            records.lock(question.device, asked_by=question.staff_no, at=at)
    return _verdict(outcome, claim)


def _open(seeds: Seeds, claim: Claim, question: Question, at: datetime) -> bytes:
    label = Label(
        question.device, claim.serial, claim.algorithm, claim.digits, claim.period, claim.lot, claim.row_version
    )
    try:
        return seeds.open(claim.sealed, wrapped_key=claim.wrapped_key, label=label)
    except CannotOpen:
        records.unreadable(question.device, asked_by=question.staff_no, at=at)
        raise SeedUnreadable() from None


def _verdict(outcome: CheckOutcome, claim: Claim) -> Verdict:
    if outcome is CheckOutcome.MATCH:
        # a match ended the row of wrong codes
        return Verdict(Outcome.MATCH, claim.check, claim.granted - claim.claimed)
    return Verdict(Outcome(outcome.value), None, claim.tries_left)


def _key(claim: Claim) -> UUID:
    if claim.check is None:
        raise LookupError("a try was claimed without a row")
    return claim.check
