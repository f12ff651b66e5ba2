"""The nightly check (재고 대사): does the ledger still tell what the devices say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from devices.queries.ledger import Difference, differences
from nh_otp.access import Actor, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command


@dataclass(frozen=True, slots=True)
class StockCheck:
    """One check, named by its Korean day."""

    ref: str


@command(action="stock.checked", needs=Permission.RUN_CLOCK, facts=("agrees", "differences"))
def check_stock(trail: Trail, *, by: Actor) -> Sequence[Difference]:
    """Compare the sum of the ledger with the devices of every place and put the outcome on record."""
    found = differences()
    trail.about(StockCheck(timezone.localdate(trail.at).isoformat()), agrees=not found, differences=len(found))
    return found
