"""What the verifier's answers about a device in use are called at the counter; product.md 12."""

from __future__ import annotations

from branches.queries.first_code import SENTENCES, WRONG_PAIR
from nh_otp.gateways.otp_verifier import Outcome, Verdict

PROVEN = (Outcome.MATCH, Outcome.NEEDS_DECISION)


def answer_of(verdict: Verdict, *, pair: bool = False) -> str:
    """The sentence for an answer; nothing when the codes prove the device."""
    if verdict.outcome in PROVEN:
        return ""
    if verdict.outcome is Outcome.WRONG:
        return f"{WRONG_PAIR if pair else SENTENCES[Outcome.WRONG]} 남은 시도는 {verdict.tries_left}번입니다."
    return SENTENCES[verdict.outcome]
