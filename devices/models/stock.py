from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple, Self

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Upper

from devices.states import MOVE_OF, PLACES, TRANSITIONS, DeviceState, DeviceStep, Move, Place
from nh_otp.machine import Moving


def lane(device_id: uuid.UUID) -> str:
    """The line in which messages about a device leave, in order."""
    return f"device:{device_id}"


class Voucher(NamedTuple):
    """Why a device moves (전표): who moved it, under which number of a case, transfer, count or lot, and when."""

    by: str
    ref: str
    at: datetime


PLACE_OF_STATE = Case(
    *(When(state__in=states, then=Value(place.value)) for place, states in PLACES.items()),
    When(state=DeviceState.RETIRED, returned_at__isnull=False, then=Value(Place.RETURNED.value)),
    default=Value(Place.GONE.value),
)


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
    returned_at = models.DateTimeField("회수 시각", null=True)
    place = models.GeneratedField(
        expression=PLACE_OF_STATE, output_field=models.CharField(max_length=10), db_persist=True
    )
    moves = models.PositiveIntegerField("이동 횟수", default=1)
    """The latest line of the ledger stands here; a trigger copies it out (docs/adr/0014)."""
    moved_at = models.DateTimeField("마지막 이동 시각")
    moved_by = models.CharField("마지막 이동 처리자", max_length=30)
    moved_how = models.CharField("마지막 이동", max_length=9, choices=Move.choices, default=Move.RECEIVE)
    moved_for = models.CharField("마지막 이동 근거", max_length=20, default="", blank=True)

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
            models.CheckConstraint(
                name="device_till_holds_stock",
                condition=Q(till=None) | Q(state__in=[DeviceState.IN_STOCK, DeviceState.RESERVED]),
            ),
            models.CheckConstraint(
                name="device_returned_after_its_end",
                condition=Q(returned_at=None) | Q(state__in=[DeviceState.RETIRED, DeviceState.DESTROYED]),
            ),
            models.CheckConstraint(
                name="device_destroyed_in_hand",
                condition=~Q(state=DeviceState.DESTROYED) | Q(retired_at=None) | Q(returned_at__isnull=False),
                violation_error_message="고객님께 회수하지 않은 기기는 폐기할 수 없습니다.",
            ),
        ]
        indexes = [
            models.Index(fields=["serial"], name="device_by_serial"),
            models.Index(fields=["branch", "place", "product"], name="device_by_place"),
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

    def move(self, step: DeviceStep, on: Voucher, **changes: object) -> None:
        """Take a step that brings the device to another place, and say why. Raises WrongState."""
        self.take(step, **_line(self, MOVE_OF[step], on), **changes)

    def hand(self, how: Move, on: Voucher, **changes: object) -> None:
        """Bring the device to another place in the same state: another till, back from the customer."""
        self.write(**_line(self, how, on), **changes)


def _line(device: Device, how: Move, on: Voucher) -> dict[str, object]:
    return {"moves": device.moves + 1, "moved_at": on.at, "moved_by": on.by, "moved_how": how, "moved_for": on.ref}
