from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Holding(models.Model):
    """Whose device it is: a customer holds a device from its registration to its end."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="holdings")
    customer = models.ForeignKey("branches.Customer", models.PROTECT, related_name="holdings")
    began_at = models.DateTimeField("등록 시각")
    ended_at = models.DateTimeField("종료 시각", null=True)
    successor = models.ForeignKey("devices.Device", models.PROTECT, related_name="+", null=True)

    class Meta:
        db_table = "holding"
        verbose_name = "보유"
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                name="holding_one_per_device",
                condition=Q(ended_at=None),
                violation_error_message="이 기기는 이미 다른 고객이 쓰고 있습니다.",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="holding_by_customer", condition=Q(ended_at=None))]
