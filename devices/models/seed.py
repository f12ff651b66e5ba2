"""What only the OTP verifier may read: sealed seeds and the keys of their lots."""

from __future__ import annotations

import uuid

from django.db import models


class SeedLot(models.Model):
    """One seed file taken in: its own key, wrapped by the key-encryption key. Visible only when complete."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    product = models.ForeignKey("devices.Product", models.PROTECT, related_name="+")
    wrapped_key = models.BinaryField()
    file_digest = models.CharField("원본 해시값", max_length=64)
    devices = models.PositiveIntegerField("기기 수")
    imported_by = models.CharField("등록자", max_length=30)
    imported_at = models.DateTimeField("등록 시각")

    class Meta:
        db_table = "seed_lot"
        verbose_name = "시드파일"
        constraints = [
            models.UniqueConstraint(
                fields=["file_digest"], name="seed_lot_once", violation_error_message="이미 등록한 시드파일입니다."
            )
        ]

    @property
    def ref(self) -> str:
        return str(self.id)


class Seed(models.Model):
    """The sealed seed of one device, bound to row, serial, parameters, lot key and row version."""

    device = models.OneToOneField("devices.Device", models.PROTECT, primary_key=True, related_name="+")
    lot = models.ForeignKey(SeedLot, models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    row_version = models.PositiveIntegerField(default=1)
    digest = models.BinaryField(unique=True)
    """Keyed digest of the secret: no two devices share one."""

    class Meta:
        db_table = "seed"
        verbose_name = "시드"
