from __future__ import annotations

import uuid

from django.db import models

from devices.states import WriteOffMethod


class WriteOff(models.Model):
    """Devices one witness wants destroyed; whether a second witness confirmed it stands in the approval about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("폐기 번호", max_length=20, unique=True)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    method = models.CharField("폐기 방법", max_length=10, choices=WriteOffMethod.choices)
    witness = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", verbose_name="입회자")
    asked_at = models.DateTimeField("요청 시각")

    class Meta:
        db_table = "write_off"
        verbose_name = "폐기"
        indexes = [models.Index(fields=["branch", "-asked_at"], name="write_off_of_branch")]

    @property
    def ref(self) -> str:
        return str(self.id)


class WriteOffLine(models.Model):
    """One device on the list of a write-off."""

    write_off = models.ForeignKey(WriteOff, models.PROTECT, related_name="lines")
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="write_off_lines")

    class Meta:
        db_table = "write_off_line"
        verbose_name = "폐기 목록"
        constraints = [models.UniqueConstraint(fields=["write_off", "device"], name="write_off_line_once")]
