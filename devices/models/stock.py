from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from devices.states import TRANSITIONS, DeviceState
from nh_otp.machine import Moving


def lane(device_id: uuid.UUID) -> str:
    """The line in which messages about a device leave, in order."""
    return f"device:{device_id}"


class DeviceQuerySet(models.QuerySet["Device"]):
    def lock(self) -> Self:
        """Rows locked in the order of their keys, so that no two commands wait for each other in a circle."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)


class Device(Moving):
    """One OTP device, from the day it enters the bank to its destruction. Rows are never deleted."""

    transitions = TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    vendor = models.ForeignKey("devices.Vendor", models.PROTECT, related_name="+")
    product = models.ForeignKey("devices.Product", models.PROTECT, related_name="+")
    serial = models.CharField("일련번호", max_length=20)
    state = models.CharField("상태", max_length=12, choices=DeviceState.choices)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+", verbose_name="지점")
    till = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", null=True, verbose_name="시재")
    valid_from = models.DateField("유효기간 시작")
    valid_until = models.DateField("유효기간")
    registered_at = models.DateTimeField("사용등록 시각", null=True)
    suspended_at = models.DateTimeField("정지 시각", null=True)
    retired_at = models.DateTimeField("해지 시각", null=True)

    objects = models.Manager.from_queryset(DeviceQuerySet)()

    class Meta:
        db_table = "device"
        verbose_name = "기기"
        constraints = [
            models.UniqueConstraint(
                fields=["vendor", "serial"], name="device_serial", violation_error_message="이미 등록된 일련번호입니다."
            ),
            models.CheckConstraint(name="device_serial_shape", condition=Q(serial=Upper("serial")) & ~Q(serial="")),
            models.CheckConstraint(name="device_life_forward", condition=Q(valid_until__gt=F("valid_from"))),
        ]
        indexes = [
            models.Index(fields=["serial"], name="device_by_serial"),
            models.Index(
                fields=["till", "valid_until"], name="device_in_till", condition=Q(state=DeviceState.IN_STOCK)
            ),
        ]

    @property
    def ref(self) -> str:
        return str(self.id)

    @property
    def lane(self) -> str:
        return lane(self.id)
