"""Which papers a case needs and what it costs, from rules in force on the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import TextChoices

from branches.models import FeeRule, Reason
from branches.models.reissue import NEEDS_LOSS_REPORT


class Paper(TextChoices):
    APPLICATION = "APPLICATION", "재발급 신청서"
    ID_COPY = "ID_COPY", "신분증 사본"
    LOSS_FORM = "LOSS_FORM", "사고신고서"


class Fee(NamedTuple):
    """What the rule in force says, copied onto the case."""

    won: int
    sentence: str


PHISHING_QUESTIONS = (
    "경찰, 검찰, 금융감독원이라는 사람에게서 전화를 받고 오셨습니까?",
    "새 기기의 번호를 다른 사람에게 알려 주라는 부탁을 받으셨습니까?",
    "대출이나 환급을 받으려면 기기가 필요하다는 말을 들으셨습니까?",
)


def papers_for(reason: str) -> Sequence[Paper]:
    """The papers this reason needs from an individual in person; domain.md 2.2."""
    lost = [Paper.LOSS_FORM] if reason in NEEDS_LOSS_REPORT else []
    return [Paper.APPLICATION, Paper.ID_COPY, *lost]


def fee_for(*, kind: str, reason: Reason | str, on: date) -> Fee | None:
    """The fee of the rule in force on a day; None when no rule covers it."""
    rule = FeeRule.objects.filter(kind=kind, reason=reason, in_force__contains=on).first()
    return Fee(rule.won, rule.sentence) if rule else None
