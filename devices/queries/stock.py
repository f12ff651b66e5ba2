"""What lies where in a branch (3000): balances by product and place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from devices.models import Device, DeviceState, Place, Product
from nh_otp.access import Actor, Permission

COUNTED = (Place.QUARANTINE, Place.STOCK, Place.TRANSIT, Place.MISSING, Place.FAULTY, Place.RETURNED)
"""Places a branch answers for; what customers hold is theirs, and what is gone is gone."""
SOON = timedelta(days=90)
"""A device in stock that ends within this time is told of, before it is too short to hand out."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One product at one place of a branch."""

    product: int
    place: Place
    pieces: int
    own: int
    safe: int
    reserved: int
    soon: int


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One product: what is ready in the own till and in the safe, and what lies elsewhere."""

    code: str
    name: str
    kind: str
    own: int
    safe: int
    tills: int
    reserved: int
    cells: tuple[tuple[Place, int], ...]


@dataclass(frozen=True, slots=True)
class StockPage:
    rows: tuple[BalanceRow, ...]
    places: tuple[Place, ...]
    warnings: tuple[str, ...]


def balances(*, branch_id: int, till_id: int | None, on: date) -> Sequence[Balance]:
    """Every product at every place of the branch: one query over the index of places."""
    rows = (
        Device.objects.filter(branch_id=branch_id, place__in=COUNTED)
        .values_list("product_id", "place")
        .annotate(
            pieces=Count("pk"),
            own=Count("pk", filter=Q(till_id=till_id) & ~Q(till=None)),
            safe=Count("pk", filter=Q(till=None)),
            reserved=Count("pk", filter=Q(state=DeviceState.RESERVED)),
            soon=Count("pk", filter=Q(state=DeviceState.IN_STOCK, valid_until__lt=on + SOON)),
        )
        .order_by("product_id", "place")
    )
    return [Balance(product, Place(place), *counts) for product, place, *counts in rows]


def stock_page(*, by: Actor, on: date) -> StockPage:
    """Balances of the own branch, with what somebody should look at."""
    by.must(Permission.VIEW_STOCK)
    found = balances(branch_id=by.branch_pk, till_id=by.staff_id, on=on)
    products = Product.objects.in_bulk({each.product for each in found})
    return StockPage(
        rows=tuple(_row(products[key], [each for each in found if each.product == key]) for key in sorted(products)),
        places=COUNTED,
        warnings=(),
    )


def _row(product: Product, found: Sequence[Balance]) -> BalanceRow:
    at: Mapping[Place, Balance] = {each.place: each for each in found}
    stock = at.get(Place.STOCK) or Balance(product.pk, Place.STOCK, 0, 0, 0, 0, 0)
    return BalanceRow(
        code=product.code,
        name=product.name,
        kind=product.get_kind_display(),
        own=stock.own,
        safe=stock.safe,
        tills=stock.pieces - stock.own - stock.safe,
        reserved=stock.reserved,
        cells=tuple((place, at[place].pieces if place in at else 0) for place in COUNTED),
    )
