from __future__ import annotations

import uuid

from django.db import models


class CentreVerb(models.TextChoices):
    REGISTER = "REGISTER", "센터 등록"
    SUSPEND = "SUSPEND", "센터 정지"
    RETIRE = "RETIRE", "센터 해지"
    RESET_ERRORS = "RESET_ERRORS", "센터 오류해제"


class CentreReceipt(models.Model):
    """What the shared OTP centre acknowledged: one receipt per message."""

    message = models.UUIDField("메시지", primary_key=True, default=uuid.uuid4)
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="centre_receipts")
    verb = models.CharField("내용", max_length=12, choices=CentreVerb.choices)
    number = models.CharField("센터 접수번호", max_length=40)
    at = models.DateTimeField("센터 반영 시각")

    class Meta:
        db_table = "centre_receipt"
        verbose_name = "센터 반영"

    @property
    def ref(self) -> str:
        return str(self.message)
