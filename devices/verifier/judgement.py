"""Where in time codes belong, and what that means for the device's clock. Pure; product.md 7 and 8."""

from __future__ import annotations

from datetime import datetime

from devices import otp
from devices.models import CheckOutcome
from devices.states import Algorithm
from devices.verifier.claims import Asked, Claim, Found
from nh_otp.gateways.otp_verifier import CodePair, Purpose
from nh_otp.policy import POLICY


def judge(claim: Claim, seed: bytes, code: str, *, at: datetime) -> Found:
    """One code: inside the window, further off, behind the last accepted step, or nowhere."""
    parameters, around = _parameters(claim), otp.step_at(at, claim.period)
    near = otp.match(seed, parameters, code, around=around, window=POLICY.window_steps, drift=claim.centre)
    step = near
    if step is None:
        step = otp.match(seed, parameters, code, around=around, window=POLICY.first_use_steps, drift=claim.centre)
    if step is None:
        return Found(CheckOutcome.WRONG)
    if step <= claim.last_step:
        return Found(CheckOutcome.REUSED)
    if near is None:
        return Found(CheckOutcome.DRIFTED)
    drift = otp.learn_drift(claim.drift, step - around - claim.centre, POLICY.drift_cap_steps)
    return Found(CheckOutcome.MATCH, step, claim.correction, drift)


def judge_pair(claim: Claim, asked: Asked, seed: bytes, pair: CodePair, *, at: datetime) -> Found:
    """Two codes in a row, anywhere within an hour or half of it around true time (±60 steps)."""
    parameters, around = _parameters(claim), otp.step_at(at, claim.period)
    window = POLICY.first_use_steps
    step = otp.match_pair(seed, parameters, pair.first, pair.second, around=around, window=window, drift=0)
    if step is None:
        return Found(CheckOutcome.WRONG)
    if step <= claim.last_step:
        return Found(CheckOutcome.REUSED)
    shift = step - around
    if asked.purpose is Purpose.UNLOCK or needs_decision(asked.purpose, shift):
        # the clock is set when somebody has decided
        return Found(CheckOutcome.MATCH, step, claim.correction, claim.drift, shift)
    return Found(CheckOutcome.MATCH, step, *clock(shift), shift)


def needs_decision(purpose: Purpose, shift: int | None) -> bool:
    """Whether a correction of a device in use is too wide for one person."""
    return purpose is Purpose.RESYNC and shift is not None and abs(shift) > POLICY.drift_cap_steps


def clock(shift: int) -> tuple[int, int]:
    """Correction and drift for a clock that is `shift` steps off: what single codes could have taught stays drift."""
    return (0, shift) if abs(shift) <= POLICY.drift_cap_steps else (shift, 0)


def _parameters(claim: Claim) -> otp.Parameters:
    return otp.Parameters(Algorithm(claim.algorithm), claim.digits, claim.period)
