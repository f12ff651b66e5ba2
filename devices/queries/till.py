"""What lies in a teller's till (시재) and in the branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from devices.models import Device
from devices.states import DeviceState
from nh_otp.policy import POLICY

DAYS_PER_MONTH = 30


@dataclass(frozen=True, slots=True)
class TillCount:
    """Devices of one kind ready to be handed out."""

    kind: str
    in_till: int
    in_branch: int


def count_stock(*, till_id: int, branch_id: int) -> Sequence[TillCount]:
    """How many devices of each kind are in stock, in this till and in the whole branch."""
    rows = (
        Device.objects.filter(branch_id=branch_id, state=DeviceState.IN_STOCK)
        .values_list("product__kind")
        .annotate(in_till=Count("pk", filter=Q(till_id=till_id)), in_branch=Count("pk"))
        .order_by("product__kind")
    )
    return [TillCount(*row) for row in rows]


def next_in_till(*, till_id: int, kind: str, on: date) -> tuple[int, Device | None]:
    """How many of a kind lie in a till, and the one to take first: the earliest validity that is long enough."""
    ready = Device.objects.filter(till_id=till_id, state=DeviceState.IN_STOCK, product__kind=kind)
    enough = on + timedelta(days=DAYS_PER_MONTH * POLICY.minimum_months_left)
    first = ready.filter(valid_until__gte=enough).order_by("valid_until", "pk").first()
    return ready.count(), first
