from __future__ import annotations

import uuid

from django.db import models


class NoticeTemplate(models.TextChoices):
    LOSS_RECEIVED = "LOSS_RECEIVED", "사고신고 접수 안내"
    REISSUED = "REISSUED", "재발급 완료 안내"
    UNLOCKED = "UNLOCKED", "오류해제 안내"


class Notice(models.Model):
    """A text to a customer that the gateway accepted; its wording holds no code and no full number."""

    message = models.UUIDField("메시지", primary_key=True, default=uuid.uuid4)
    customer = models.ForeignKey("branches.Customer", models.PROTECT, related_name="notices")
    template = models.CharField("문구", max_length=15, choices=NoticeTemplate.choices)
    receipt = models.CharField("발송 접수번호", max_length=40)
    sent_at = models.DateTimeField("발송 시각")

    class Meta:
        db_table = "notice"
        verbose_name = "고객 안내"

    @property
    def ref(self) -> str:
        return str(self.message)
