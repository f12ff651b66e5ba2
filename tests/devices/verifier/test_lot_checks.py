"""What a custodian is told about a seed file before anything of it comes in."""

from __future__ import annotations

import io
import json
import logging
from base64 import b32encode, b64encode
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from devices.models import Device, Product, SerialCheck, Vendor
from devices.models.seed import SeedLot
from devices.states import DeviceState
from nh_otp.audit.models import AuditRow
from nh_otp.gateways.otp_verifier import LotCheck, LotFormat
from nh_otp.gateways.simulators.seed_vendor import MadeDevice
from tests.devices.verifier.desk import TRANSPORT_KEY, header, made, product, pskc_file, sealed, verifier
from tests.factories.cast import branch

pytestmark = pytest.mark.django_db

A, B, C = "260000000001", "260000000002", "260000000003"
CANARY = b"canary secret of 24 byte"
SHOWN_AS = (CANARY, CANARY.hex().encode(), b32encode(CANARY), b64encode(CANARY), CANARY.hex().upper().encode())


@pytest.fixture
def kind() -> Product:
    return product()


def checked(kind: Product, devices: list[MadeDevice], **changes: object) -> LotCheck:
    return verifier().check_lot(header(kind, branch(), **changes), io.BytesIO(pskc_file(devices)))


def nothing_came() -> bool:
    return not Device.objects.exists() and not SeedLot.objects.exists() and not AuditRow.objects.exists()


def test_a_good_file_is_listed_as_it_would_come_in(kind: Product) -> None:
    life = {"starts_on": date(2026, 1, 2), "expires_on": date(2031, 12, 31)}

    found = checked(kind, made(A, B, **life), product=None, branch_code="")

    assert found.accepted == [(serial, "SHA1", 6, 60, date(2026, 1, 2), date(2031, 12, 31)) for serial in (A, B)]
    assert (found.refused, found.file_error, found.is_good) == ([], None, True)
    assert nothing_came()


def test_every_bad_row_is_listed_with_its_reason_and_the_good_ones_beside_it(kind: Product) -> None:
    known = made(A)
    sealed(known, of=kind, at=branch())
    rows = [
        *made(B),
        *known,
        MadeDevice(C, known[0].secret),
        MadeDevice("26-AB", b"s" * 20),
        MadeDevice("260000000004", b"t" * 20, digits=8),
        MadeDevice("260000000005", b"u" * 20, expires_on=date(2020, 1, 1)),
        MadeDevice("260000000006", b"v" * 15),
    ]

    found = checked(kind, rows)

    assert [device.serial for device in found.accepted] == [B]
    assert [(row.row, row.serial, row.code) for row in found.refused] == [
        (2, A, "seed_file.known_serial"),
        (3, C, "seed_file.duplicate_secret"),
        (4, "26-AB", "seed_file.serial"),
        (5, "260000000004", "seed_file.other_parameters"),
        (6, "260000000005", "seed_file.life_over"),
        (7, "260000000006", "seed_file.short_secret"),
    ]
    assert (Device.objects.count(), SeedLot.objects.count()) == (1, 1)


def test_a_secret_the_bank_has_already_is_refused(kind: Product) -> None:
    known = made(A)
    sealed(known, of=kind, at=branch())

    found = checked(kind, [MadeDevice(C, known[0].secret)])

    assert [row.code for row in found.refused] == ["seed_file.known_secret"]


def test_a_file_holds_one_product_and_says_so_by_row(kind: Product) -> None:
    product(digits=8)

    found = checked(kind, [*made(A), MadeDevice(B, b"b" * 20, digits=8)], product=None)

    assert [(row.row, row.code) for row in found.refused] == [(2, "seed_file.mixed_products")]


def test_two_products_alike_must_be_told_apart_by_the_custodian(kind: Product) -> None:
    product()

    assert [row.code for row in checked(kind, made(A), product=None).refused] == ["seed_file.several_products"]
    assert checked(kind, made(A)).is_good


def test_a_vendors_check_digit_is_checked(kind: Product) -> None:
    Vendor.objects.update(serial_check=SerialCheck.LUHN)

    found = checked(kind, made("79927398713", "79927398710"))

    assert [device.serial for device in found.accepted] == ["79927398713"]
    assert [row.code for row in found.refused] == ["seed_file.check_digit"]


def test_a_wrong_key_is_said_of_the_file(kind: Product) -> None:
    found = checked(kind, made(A, B), key=b"x" * 32)

    assert found.file_error
    assert found.file_error.code == "seed_file.wrong_key"
    assert (found.accepted, found.is_good) == ([], False)


@pytest.mark.parametrize(
    ("change", "body", "code"),
    [
        ({"vendor": "999"}, None, "seed_file.destination"),
        ({}, b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "seed_file.dtd"),
        ({}, b"<KeyContainer", "seed_file.malformed"),
        ({"format": LotFormat.OATH_CSV}, f"{A},{CANARY.hex()},SHA1,6,60".encode(), "seed_file.clear_file"),
    ],
)
def test_what_is_wrong_with_the_file_itself_is_named(
    kind: Product, change: dict[str, object], body: bytes | None, code: str
) -> None:
    found = verifier().check_lot(header(kind, branch(), **change), io.BytesIO(body or pskc_file(made(A))))

    assert found.file_error
    assert found.file_error.code == code
    assert nothing_came()


# the command


def command(file: Path, *options: str) -> tuple[int, str]:
    """Exit code and output of `manage.py import_devices`."""
    said = StringIO()
    try:
        call_command("import_devices", str(file), "--vendor=101", *options, stdout=said)
    except SystemExit as ended:
        return int(str(ended.code)), said.getvalue()
    return 0, said.getvalue()


def last_line(said: str) -> Any:
    return json.loads(said.strip().splitlines()[-1])


@pytest.fixture
def lot(tmp_path: Path, kind: Product) -> Path:
    (tmp_path / "key").write_text(TRANSPORT_KEY.hex())
    (tmp_path / "lot.xml").write_bytes(pskc_file([*made(A), MadeDevice(B, b"short" * 3)]))
    return tmp_path / "lot.xml"


def test_the_command_reports_in_json_on_its_last_line_and_fails_when_something_is_refused(lot: Path) -> None:
    code, said = command(lot, f"--key-file={lot.parent / 'key'}", "--check", "--json")

    report = last_line(said)
    assert code == 1
    assert [device["serial"] for device in report["accepted"]] == [A]
    assert list(report["accepted"][0]) == ["serial", "algorithm", "digits", "period", "valid_from", "valid_until"]
    assert [list(row) for row in report["refused"]] == [["row", "serial", "code", "message"]]
    assert report["file_error"] is None
    assert nothing_came()


def test_a_good_file_is_checked_with_exit_code_nought_and_then_imported_to_quarantine(
    lot: Path, settings: Settings
) -> None:
    settings.CENTRAL_BRANCH = branch().code
    lot.write_bytes(pskc_file(made(A, B)))
    key = f"--key-file={lot.parent / 'key'}"

    assert command(lot, key, "--check")[0] == 0
    assert command(lot, key, "--json")[0] == 0

    assert Device.objects.filter(state=DeviceState.QUARANTINED, till=None, branch=branch()).count() == 2


def test_an_oath_csv_is_imported_by_the_verifiers_own_user_only(lot: Path, settings: Settings) -> None:
    lot.write_text(f"serial,secret,algorithm,digits,period\n{A},{CANARY.hex()},SHA1,6,60\n")
    assert command(lot, "--check", "--json")[0] == 0

    settings.SEED_KEYS_FILE = ""
    code, said = command(lot, "--check", "--json")

    assert (code, last_line(said)["file_error"]["code"]) == (1, "seed_file.clear_file")
    assert nothing_came()


RAW_KEY = bytes(range(128, 160))


@pytest.mark.parametrize("written", [RAW_KEY.hex().encode(), b64encode(RAW_KEY) + b"\n", RAW_KEY])
def test_a_transport_key_may_be_written_in_three_ways(lot: Path, written: bytes) -> None:
    (lot.parent / "key").write_bytes(written)
    lot.write_bytes(pskc_file(made(A), key=RAW_KEY))

    assert command(lot, f"--key-file={lot.parent / 'key'}", "--check")[0] == 0


def test_a_file_that_is_not_there_is_a_file_error(tmp_path: Path, kind: Product) -> None:
    code, said = command(tmp_path / "none.xml", "--check", "--json")

    assert (code, last_line(said)["file_error"]["code"]) == (1, "seed_file.unreadable")
    with pytest.raises(CommandError, match=r"seed_file\.unreadable"):
        command(tmp_path / "none.xml")


# nothing tells a secret


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


CANARY_FILES = {
    "csv with a bad row": f"{A},{CANARY.hex()},SHA1,6,60\n{B},{CANARY.hex()}zz,SHA1,6,60\n",
    "csv broken off": f'{A},{CANARY.hex()},SHA1,6,60\n{B},"{b32encode(CANARY).decode()}',
    "csv of another kind": f"{A},{CANARY.hex()},HOTP,6,60\n",
    "clear pskc": "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage>"
    f"<Key><Data><Secret><PlainValue>{b64encode(CANARY).decode()}</PlainValue></Secret></Data></Key>"
    "</KeyPackage><Broken",
}


@pytest.mark.parametrize("name", CANARY_FILES)
@pytest.mark.parametrize("mode", ["--check", "--released"])
def test_no_output_log_or_error_ever_holds_a_secret_of_the_file(
    tmp_path: Path, kind: Product, everything_logged: pytest.LogCaptureFixture, name: str, mode: str
) -> None:
    (tmp_path / "lot").write_text(CANARY_FILES[name])

    code, said = command(tmp_path / "lot", f"--branch={branch().code}", mode, "--json")

    told = (said + everything_logged.text + repr([entry.facts for entry in AuditRow.objects.all()])).encode()
    assert code == 1
    assert [form for form in SHOWN_AS if form in told] == []
    assert not Device.objects.exists()
