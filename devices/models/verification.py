from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class CheckOutcome(models.TextChoices):
    PENDING = "PENDING", "확인 중"
    MATCH = "MATCH", "일치"
    WRONG = "WRONG", "불일치"
    REUSED = "REUSED", "이미 쓴 번호"
    DRIFTED = "DRIFTED", "시각 차이"


class CodeCheck(models.Model):
    """One try of a code: claimed and committed before it is evaluated; a match may be used once, for 15 minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="+")
    case = models.ForeignKey("branches.ReissueCase", models.PROTECT, related_name="+", null=True)
    subject = models.UUIDField("대상", null=True)
    once = models.UUIDField("요청 번호")
    outcome = models.CharField("결과", max_length=8, choices=CheckOutcome.choices, default=CheckOutcome.PENDING)
    step = models.BigIntegerField("시간 칸", null=True)
    claimed_at = models.DateTimeField("시도 시각")
    consumed_at = models.DateTimeField("사용 시각", null=True)

    class Meta:
        db_table = "code_check"
        verbose_name = "번호 검증"
        constraints = [
            models.UniqueConstraint(fields=["once"], name="code_check_once"),
            models.UniqueConstraint(
                fields=["device", "step"], name="code_check_step_once", condition=Q(outcome=CheckOutcome.MATCH)
            ),
            models.CheckConstraint(
                name="code_check_match_has_step", condition=~Q(outcome=CheckOutcome.MATCH) | Q(step__isnull=False)
            ),
            models.CheckConstraint(
                name="code_check_only_match_is_used", condition=Q(consumed_at=None) | Q(outcome=CheckOutcome.MATCH)
            ),
        ]
        indexes = [models.Index(fields=["case", "device"], name="code_check_by_case")]
