from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from devices.states import Move, Place


def _copied(to: str, *, null: bool = False) -> models.ForeignKey[Any, Any]:
    """A key the device's own row has checked already, in the same statement; checked again it would slow imports."""
    return models.ForeignKey(to, models.PROTECT, related_name="+", null=null, db_constraint=False, db_index=False)


class StockMovement(models.Model):
    """One line of the stock ledger (수불대장): written by a trigger when a device changes its place, never changed.

    Sum of the lines = devices at each place, by construction; nobody, not even the application, writes here.
    """

    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="movements", db_constraint=False)
    product = _copied("devices.Product")
    at = models.DateTimeField("시각")
    recorded_at = models.DateTimeField("기록 시각", db_default=Now())
    by = models.CharField("처리자", max_length=30)
    how = models.CharField("적요", max_length=9, choices=Move.choices)
    ref = models.CharField("근거", max_length=20, blank=True)
    from_place = models.CharField("나간 곳", max_length=10, choices=Place.choices, null=True)
    from_branch = _copied("branches.Branch", null=True)
    from_till = _copied("branches.Staff", null=True)
    to_place = models.CharField("들어온 곳", max_length=10, choices=Place.choices)
    to_branch = _copied("branches.Branch")
    to_till = _copied("branches.Staff", null=True)

    class Meta:
        db_table = "stock_movement"
        verbose_name = "수불대장"
        indexes = [
            models.Index(fields=["from_branch", "at"], name="stock_movement_out"),
            models.Index(fields=["to_branch", "at"], name="stock_movement_in"),
        ]
