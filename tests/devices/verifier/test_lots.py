from __future__ import annotations

import hashlib
import io
import os
from datetime import date

import pytest
from django.utils import timezone

from devices.models import Counter, Device
from devices.models.seed import Seed, SeedLot
from devices.pskc import SeedFileRefused
from devices.seed_file.refusals import ShortSecret, WrongKey
from devices.states import DeviceState
from devices.verifier import lots
from devices.verifier.acceptance import months_later
from devices.verifier.refusals import (
    KnownSecret,
    KnownSerial,
    LifeOver,
    OtherParameters,
    StrangeSerial,
    UnknownDestination,
)
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.gateways.simulators.seed_vendor import MadeDevice
from tests.devices.verifier.desk import header, made, product, pskc_file, sealed, verifier
from tests.factories.cast import branch, staff

pytestmark = pytest.mark.django_db

SERIALS = ("260000000001", "260000000002", "260000000003")


def test_a_seed_file_becomes_stock_of_a_till_sealed_seeds_and_one_entry() -> None:
    home, kind, secret = branch(), product(), os.urandom(20)
    teller = staff(Role.TELLER, at=home)
    file = pskc_file([*made(*SERIALS[:2]), MadeDevice(SERIALS[2], secret)])

    receipt = verifier().seal_lot(header(kind, home, till=teller.staff_no), io.BytesIO(file))

    lot, devices = SeedLot.objects.get(pk=receipt.lot), Device.objects.order_by("serial")
    assert receipt.devices == lot.devices == 3
    assert lot.file_digest == hashlib.sha256(file).hexdigest()
    assert [device.serial for device in devices] == list(SERIALS)
    assert {(d.state, d.branch_id, d.till_id, d.product_id) for d in devices} == {
        (DeviceState.IN_STOCK, home.pk, teller.pk, kind.pk)
    }
    assert Counter.objects.filter(device__in=devices, last_step=0, drift=0, failures=0).count() == 3
    assert [secret in bytes(seed.sealed) for seed in Seed.objects.filter(lot=lot)] == [False] * 3
    (entry,) = AuditRow.objects.filter(action="seeds.imported")
    assert entry.outcome == "DONE"
    assert entry.subjects == [["SeedLot", str(receipt.lot)]]
    assert entry.facts == {
        "branch": home.code,
        "count": 3,
        "digest": lot.file_digest,
        "imported_by": "system:import_devices",
        "product": kind.code,
        "vendor": "101",
    }


def test_devices_live_as_long_as_the_vendor_says_or_else_as_long_as_their_product() -> None:
    home, kind, today = branch(), product(shelf_life_months=60), timezone.localdate()
    printed = date(today.year + 3, 5, 31)
    file = [MadeDevice(SERIALS[0], os.urandom(20), starts_on=date(2025, 1, 1), expires_on=printed)]

    sealed([*file, *made(SERIALS[1])], of=kind, at=home)

    lives = Device.objects.order_by("serial").values_list("valid_from", "valid_until")
    assert set(lives) == {(date(2025, 1, 1), printed), (today, months_later(today, 60))}


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 22), 13, date(2027, 12, 22)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int, then: date) -> None:
    assert months_later(day, months) == then


def test_a_lot_larger_than_a_batch_arrives_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "BATCH", 2)

    receipt = sealed(made(*SERIALS), of=product(), at=branch())

    assert (receipt.devices, Device.objects.count()) == (3, 3)


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (MadeDevice("260000000009", b"s" * 20, digits=8), OtherParameters),
        (MadeDevice("260000000009", b"s" * 20, period=30), OtherParameters),
        (MadeDevice("260000000009", b"s" * 20, algorithm="SHA256"), OtherParameters),
        (MadeDevice("26-AB", b"s" * 20), StrangeSerial),
        (MadeDevice("1" * 21, b"s" * 20), StrangeSerial),
        (MadeDevice("260000000009", b"s" * 15), ShortSecret),
        (MadeDevice("260000000009", b"s" * 20, expires_on=date(2020, 1, 1)), LifeOver),
        (MadeDevice("260000000009", b"s" * 20, starts_on=date(2099, 1, 2), expires_on=date(2099, 1, 1)), LifeOver),
    ],
)
def test_one_bad_device_refuses_the_whole_file_and_says_which(
    device: MadeDevice, reason: type[SeedFileRefused]
) -> None:
    home, kind = branch(), product()

    with pytest.raises(reason) as refusal:
        sealed([*made(*SERIALS), device], of=kind, at=home)

    (entry,) = AuditRow.objects.filter(action="seeds.imported")
    assert refusal.value.facts == {"package": 4}
    assert (entry.outcome, entry.code, entry.facts["package"]) == ("REFUSED", reason.code, 4)
    assert (Device.objects.count(), Seed.objects.count(), SeedLot.objects.count()) == (0, 0, 0)


def test_a_serial_or_secret_that_is_known_already_refuses_the_whole_file() -> None:
    home, kind = branch(), product()
    known = made(SERIALS[0])
    sealed(known, of=kind, at=home)

    with pytest.raises(KnownSerial):
        sealed(made(SERIALS[1], SERIALS[0]), of=kind, at=home)
    with pytest.raises(KnownSecret) as refusal:
        sealed([*made(SERIALS[1]), MadeDevice(SERIALS[2], known[0].secret)], of=kind, at=home)

    assert refusal.value.__cause__ is None
    assert (Device.objects.count(), Seed.objects.count(), SeedLot.objects.count()) == (1, 1, 1)


def test_a_custodian_with_the_wrong_key_brings_nothing_in() -> None:
    home, kind = branch(), product()

    with pytest.raises(WrongKey):
        sealed(made(*SERIALS), of=kind, at=home, key=b"x" * 32)

    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"vendor": "999"},
        {"product": "NONE"},
        {"branch_code": "999999"},
        {"till": "E99999"},
        {"imported_by": "한글\0"},
        {"vendor": "1" * 31},
    ],
)
def test_a_file_for_nobody_known_is_refused_before_it_is_read(change: dict[str, object]) -> None:
    home, kind = branch(), product()

    with pytest.raises(UnknownDestination):
        sealed(made(*SERIALS), of=kind, at=home, **change)

    assert AuditRow.objects.get(action="seeds.imported").code == "seed_file.destination"


def test_a_till_of_another_branch_or_of_somebody_who_left_takes_no_devices() -> None:
    home, kind = branch(), product()
    elsewhere = staff(Role.TELLER, at=branch("009999"))
    gone = staff(Role.TELLER, at=home)
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    for person in (elsewhere, gone):
        with pytest.raises(UnknownDestination):
            sealed(made(*SERIALS), of=kind, at=home, till=person.staff_no)


def test_a_stream_that_breaks_off_leaves_nothing() -> None:
    home, kind = branch(), product()
    file = pskc_file(made(*SERIALS))

    with pytest.raises(SeedFileRefused):
        verifier().seal_lot(header(kind, home), io.BytesIO(file[:-40]))

    assert not Device.objects.exists()
