"""The demo's devices: planned with their secrets, brought in by seed files, then put into customers' hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F
from django.db.models.functions import Cast

from branches.errands.demo_stock import DemoLot, MadeDevice, bring_in
from branches.management.demo.catalogue import HANBIT_TOKEN, MODELS, NURI_CARD, NURI_TOKEN, VENDORS, Model
from branches.management.demo.chance import Chance
from branches.management.demo.organisation import BANK, OFFICES, Post, tellers
from branches.management.demo.people import LIFE_DAYS, Person
from branches.models import Customer
from devices.models import Device, DeviceState, Holding, Move, ProductKind

CARDS_OF = 6  # one card among so many devices of a till
LARGEST_LOT = 50_000
AT_ONCE = 1000  # rows of one INSERT
IMPORTED_BY = "system:load_demo"
HANDED_OUT = timedelta(days=20, hours=2)
"""From the first midnight (UTC) of a device's validity to the Korean morning on which a customer took it."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One device: what the vendor made, where it goes, and what stands beside it on the page of virtual devices."""

    model: Model
    made: MadeDevice
    branch: str
    label: str
    till: str | None = None
    holder: str = ""


def planned(chance: Chance, *, people: Sequence[Person], in_stock: int, today: date) -> list[Thing]:
    """Every device of the demo: those of customers, then those in the tellers' tills."""
    return [*_held(chance, people, today), *_in_tills(chance, in_stock, today)]


def _held(chance: Chance, people: Sequence[Person], today: date) -> Iterator[Thing]:
    serials = {model.code: count(model.held_from) for model in MODELS}
    rng = chance("held")
    for person in people:
        for place, kind in enumerate(person.holds):
            model = model_of(kind, person.branch)
            serial = person.serial or str(next(serials[model.code]))
            days_left = rng.randrange(400, LIFE_DAYS - 120) if place else person.days_left
            made = _made(chance, model, serial, ends_on=today + timedelta(days=days_left))
            yield Thing(model, made, person.branch, f"{person.name} 고객님", holder=person.number)


def _in_tills(chance: Chance, total: int, today: date) -> Iterator[Thing]:
    serials = {model.code: count(model.stock_from) for model in MODELS}
    newest = today + timedelta(days=LIFE_DAYS - 30)
    share, extra = divmod(total, len(tellers()))
    for turn, post in enumerate(tellers()):
        mine = share + (turn < extra)
        for place in range(mine):
            model = model_of(ProductKind.CARD if place >= mine - mine // CARDS_OF else ProductKind.TOKEN, post.branch)
            ends_on = newest - timedelta(days=max(0, 60 - place))
            made = _made(chance, model, str(next(serials[model.code])), ends_on=ends_on)
            yield Thing(model, made, post.branch, _till(post), till=post.staff_no)


def model_of(kind: ProductKind, branch: str) -> Model:
    """What a branch of that entity hands out."""
    if kind is ProductKind.CARD:
        return NURI_CARD
    return HANBIT_TOKEN if OFFICES[branch].entity == BANK else NURI_TOKEN


def _till(post: Post) -> str:
    return f"{OFFICES[post.branch].name} {post.window} 시재"


def _made(chance: Chance, model: Model, serial: str, *, ends_on: date) -> MadeDevice:
    return MadeDevice(
        serial=serial,
        secret=chance(f"seed:{model.vendor}:{serial}").randbytes(model.secret_bytes),
        algorithm=model.algorithm,
        digits=model.digits,
        period=model.period,
        starts_on=ends_on - timedelta(days=LIFE_DAYS),
        expires_on=ends_on,
    )


def lots(things: Sequence[Thing]) -> Iterator[DemoLot]:
    """One lot per product, branch and till, as a seed file goes to one place."""
    places: dict[tuple[Model, str, str | None], list[MadeDevice]] = {}
    for thing in things:
        places.setdefault((thing.model, thing.branch, thing.till), []).append(thing.made)
    for (model, branch, till), devices in places.items():
        for first in range(0, len(devices), LARGEST_LOT):
            some = tuple(devices[first : first + LARGEST_LOT])
            yield DemoLot(model.vendor, VENDORS[model.vendor], model.code, branch, till, some)


def bring_all_in(things: Sequence[Thing], chance: Chance, *, folder: Path) -> None:
    """Have every lot sealed that is not in the house yet."""
    for lot in lots(things):
        first = lot.devices[0].serial
        if not Device.objects.filter(vendor__code=lot.vendor, serial=first).exists():
            random_bytes = chance(f"lot:{lot.vendor}:{first}").randbytes
            bring_in(lot, folder=folder, random_bytes=random_bytes, imported_by=IMPORTED_BY)


@transaction.atomic
def hand_out(things: Sequence[Thing]) -> None:
    """Put every device outside a till into its customer's hands, some years ago; nothing when that is done."""
    held, handed_out = Device.objects.filter(till=None), Cast("valid_from", DateTimeField()) + HANDED_OUT
    held.filter(state=DeviceState.IN_STOCK).update(state=DeviceState.RESERVED)
    held.filter(state=DeviceState.RESERVED).update(
        state=DeviceState.IN_USE,
        moves=F("moves") + 1,
        moved_how=Move.ISSUE,
        moved_at=ExpressionWrapper(handed_out, output_field=DateTimeField()),
        registered_at=ExpressionWrapper(handed_out, output_field=DateTimeField()),
    )
    holder_of = {(thing.model.vendor, thing.made.serial): thing.holder for thing in things if thing.holder}
    customers = dict(Customer.objects.values_list("number", "pk"))
    free = held.filter(state=DeviceState.IN_USE, holdings=None).values_list(
        "pk", "vendor__code", "serial", F("registered_at")
    )
    Holding.objects.bulk_create(
        (
            Holding(device_id=pk, customer_id=customers[holder_of[vendor, serial]], began_at=registered_at)
            for pk, vendor, serial, registered_at in free
        ),
        batch_size=AT_ONCE,
    )
