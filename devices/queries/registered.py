"""Devices registered to customers, for lists of people and for one person's page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from devices.models import Counter, Device, Holding
from devices.states import HELD


def first_held(customer_ids: Collection[UUID]) -> Mapping[UUID, Device]:
    """The newest device each of a few customers holds; those who hold none are left out."""
    holdings = (
        Holding.objects.filter(customer_id__in=customer_ids, ended_at=None, device__state__in=HELD)
        .select_related("device")
        .order_by("began_at", "pk")
    )
    return {holding.customer_id: holding.device for holding in holdings}


def failures_of(device_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Consecutive wrong codes of a few devices; the last accepted step is not for the application to read."""
    return dict(Counter.objects.filter(device_id__in=device_ids).values_list("device_id", "failures"))
