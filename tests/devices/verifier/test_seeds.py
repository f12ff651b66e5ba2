from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from devices.models import CodeCheck, Counter, Device, Product
from devices.models.seed import Seed, SeedLot
from devices.states import Algorithm
from devices.verifier.refusals import SeedUnreadable
from devices.verifier.seeds import Label, Seeds
from nh_otp.audit.models import AuditRow
from nh_otp.vault import CannotOpen, KeyRing
from tests.devices.verifier.desk import Desk, desk, desks, verifier

LABEL = Label(uuid4(), "262200481234", "SHA1", 6, 60, uuid4(), 1)
RING = KeyRing({"seed-1": b"1" * 32}, "seed-1")


def refused(here: Desk, code: str, at: datetime) -> None:
    with pytest.raises(SeedUnreadable):
        verifier(at=at).check(here.asks(code))


def test_a_seed_opens_at_its_own_place() -> None:
    seeds = Seeds(RING)
    key, wrapped = seeds.new_lot(LABEL.lot)
    sealed = key.seal(b"s" * 20, place=LABEL.place())

    assert seeds.open(sealed, wrapped_key=wrapped, label=LABEL) == b"s" * 20
    assert Seeds(RING).open(sealed, wrapped_key=wrapped, label=LABEL) == b"s" * 20


@pytest.mark.parametrize(
    "moved",
    [
        replace(LABEL, device=uuid4()),
        replace(LABEL, serial="262200481235"),
        replace(LABEL, algorithm="SHA256"),
        replace(LABEL, digits=8),
        replace(LABEL, period=30),
        replace(LABEL, lot=uuid4()),
        replace(LABEL, row_version=2),
    ],
)
def test_a_seed_opens_nowhere_else(moved: Label) -> None:
    seeds = Seeds(RING)
    key, wrapped = seeds.new_lot(LABEL.lot)
    sealed = key.seal(b"s" * 20, place=LABEL.place())

    with pytest.raises(CannotOpen):
        seeds.open(sealed, wrapped_key=wrapped, label=moved)


def test_another_ring_opens_no_lot_and_a_turned_ring_still_does() -> None:
    seeds = Seeds(RING)
    key, wrapped = seeds.new_lot(LABEL.lot)
    sealed = key.seal(b"s" * 20, place=LABEL.place())
    turned = KeyRing({**RING.keys, "seed-2": b"2" * 32}, "seed-2")

    assert Seeds(turned).open(sealed, wrapped_key=wrapped, label=LABEL) == b"s" * 20
    with pytest.raises(CannotOpen):
        Seeds(KeyRing({"seed-1": b"3" * 32}, "seed-1")).open(sealed, wrapped_key=wrapped, label=LABEL)


def test_a_ring_is_proven_at_the_start() -> None:
    Seeds(RING).prove()


@pytest.mark.django_db
def test_seeds_swapped_between_two_devices_open_for_neither_and_leave_entries() -> None:
    mine, theirs = desks(2)
    at = timezone.now()
    one, two = Seed.objects.get(device=mine.device), Seed.objects.get(device=theirs.device)
    Seed.objects.filter(pk=one.pk).update(sealed=bytes(two.sealed))
    Seed.objects.filter(pk=two.pk).update(sealed=bytes(one.sealed))

    refused(mine, theirs.code(at), at)
    refused(theirs, mine.code(at), at)

    entries = AuditRow.objects.filter(action="seed.unreadable", outcome="REFUSED", code="verifier.seed_unreadable")
    assert [entry.facts for entry in entries] == [{"asked_by": mine.staff_no}, {"asked_by": theirs.staff_no}]
    assert set(CodeCheck.objects.values_list("outcome", flat=True)) == {"PENDING"}
    assert set(Counter.objects.values_list("last_step", flat=True)) == {0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"digits": 8}, "12345678"),
        ({"period": 30}, "123456"),
        ({"algorithm": Algorithm.SHA256}, "123456"),
    ],
)
def test_a_product_whose_parameters_were_changed_opens_no_seed(change: dict[str, object], code: str) -> None:
    here, at = desk(), timezone.now()
    Product.objects.filter(pk=here.device.product_id).update(**change)

    refused(here, code, at)


@pytest.mark.django_db
def test_a_device_under_another_serial_or_an_older_row_opens_no_seed() -> None:
    renamed, older, rekeyed = desks(3)
    at = timezone.now()
    Device.objects.filter(pk=renamed.device.pk).update(serial="999999999999")
    Seed.objects.filter(device=older.device).update(row_version=F("row_version") + 1)

    refused(renamed, renamed.code(at), at)
    refused(older, older.code(at), at)
    SeedLot.objects.update(wrapped_key=b"no key at all")
    refused(rekeyed, rekeyed.code(at), at)
