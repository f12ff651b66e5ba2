"""What the verifier's answers are called at the counter; product.md 12, ux.md 5."""

from __future__ import annotations

from collections.abc import Mapping

from nh_otp.gateways.otp_verifier import Outcome, Verdict

NEIGHBOUR = "기기가 바뀌었을 수 있습니다. 고객님께 드린 기기를 확인해 주십시오."
WRONG_PAIR = "두 번호가 이어지지 않거나 이 기기의 번호가 아닙니다. 새 번호부터 차례로 다시 입력해 주십시오."
THREE_TIMES = "번호가 3회 일치하지 않았습니다."
SENTENCES: Mapping[Outcome, str] = {
    Outcome.MATCH: "",
    Outcome.WRONG: "번호가 맞지 않습니다. 숫자가 새로 바뀐 다음 다시 입력해 주십시오.",
    Outcome.REUSED: "방금 사용한 번호입니다. 다음 번호가 나올 때까지 기다려 주십시오.",
    Outcome.DRIFTED: "기기의 시각이 어긋나 있습니다. 시각을 보정하거나 책임자에게 확인을 요청해 주십시오.",
    Outcome.LOCKED: "오류로 잠긴 기기입니다. 책임자에게 확인을 요청해 주십시오.",
    Outcome.EXPIRED: "유효기간이 지난 기기입니다. 다른 기기로 교체해 주십시오.",
    Outcome.TRIES_USED: THREE_TIMES,
}


def answer_of(verdict: Verdict, *, pair: bool = False) -> str:
    """The sentence for an answer, with the tries that are left; nothing for a match."""
    if verdict.outcome is not Outcome.WRONG:
        return SENTENCES[verdict.outcome]
    if verdict.neighbour:
        return NEIGHBOUR
    if pair:
        return WRONG_PAIR
    if not verdict.tries_left:
        return THREE_TIMES
    return f"{SENTENCES[Outcome.WRONG]} 남은 시도는 {verdict.tries_left}번입니다."
