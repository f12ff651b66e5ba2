"""Devices as other rooms ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from devices.models import Device
from devices.states import HELD


def held_by(customer_id: UUID) -> Sequence[Device]:
    """The devices a customer holds, newest first."""
    return list(
        Device.objects.filter(holdings__customer_id=customer_id, holdings__ended_at=None, state__in=HELD)
        .select_related("vendor", "product")
        .order_by("-registered_at", "pk")
    )
