"""What lies in a teller's till (시재) and in the branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from devices.custody import ready
from devices.models import Device
from devices.states import DeviceState


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


def next_in_till(*, till_id: int, branch_id: int, kind: str, on: date) -> tuple[int, Device | None]:
    """How many of a kind may be handed out from a till, and the one to take first: the earliest validity."""
    free = ready(till_id=till_id, branch_id=branch_id, kind=kind, on=on)
    return free.count(), free.first()


def vendors_in_till(*, till_id: int, branch_id: int, kind: str) -> Sequence[tuple[str, str]]:
    """Code and name of every vendor whose devices of a kind lie in a till."""
    mine = Device.objects.filter(till_id=till_id, branch_id=branch_id, state=DeviceState.IN_STOCK, product__kind=kind)
    return list(mine.order_by("vendor__code").distinct().values_list("vendor__code", "vendor__name"))
