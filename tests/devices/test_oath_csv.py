"""OATH seed files as text: read as they were meant, and refused by line and name."""

from __future__ import annotations

from base64 import b32encode
from datetime import date
from io import BytesIO

import pytest

from devices import oath_csv, otp
from devices.seed_file import KeyPackage, RefusedRow, Row
from devices.seed_file.refusals import SeedFileRefused
from devices.states import Algorithm

SECRET = b"12345678901234567890"
HEX, BASE32 = SECRET.hex(), b32encode(SECRET).decode()
TOTP = otp.Parameters(Algorithm.SHA1, 6, 30)
HEADER = "serial,secret,algorithm,digits,period\n"


def rows(text: str | bytes, **options: int) -> list[Row]:
    return list(oath_csv.rows(BytesIO(text if isinstance(text, bytes) else text.encode()), **options))


def one(text: str) -> KeyPackage:
    (found,) = rows(text)
    assert isinstance(found, KeyPackage)
    return found


def refused(text: str) -> RefusedRow:
    *_, found = rows(text)
    assert isinstance(found, RefusedRow)
    return found


@pytest.mark.parametrize("secret", [HEX, HEX.upper(), BASE32, BASE32.lower()])
@pytest.mark.parametrize("header", [HEADER, ""])
def test_a_device_is_read_with_its_secret_in_hexadecimal_or_base32(secret: str, header: str) -> None:
    found = one(f"{header}260000000001,{secret},SHA1,6,30\n")

    assert (found.serial, found.secret, found.parameters) == ("260000000001", SECRET, TOTP)
    assert found.row == (2 if header else 1)
    assert SECRET.decode() not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        f"260000000001,{HEX},TOTP,6,30",
        f"serial,secret,type,digits,period\n260000000001,{HEX},totp,6,30",
        f"Serial Number;Secret;OTP length;Time step\n260000000001;{HEX};6;30",
        f"period\tdigits\talgorithm\tsecret\tserial\r\n30\t6\tHMAC-SHA1\t{HEX}\t260000000001\r\n",
        f'\ufeffserial,secret,algorithm,digits,period\n\n"260000000001","{HEX}","sha1","6","30"\n\n',
    ],
)
def test_the_orders_that_other_servers_export_are_read_alike(text: str) -> None:
    found = one(text)

    assert (found.serial, found.secret, found.parameters) == ("260000000001", SECRET, TOTP)


@pytest.mark.parametrize("algorithm", ["SHA1", "SHA256", "SHA512"])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("period", [30, 60])
def test_every_kind_of_device_is_read(algorithm: str, digits: int, period: int) -> None:
    found = one(f"A1,{HEX},{algorithm},{digits},{period}")

    assert found.parameters == otp.Parameters(Algorithm(algorithm), digits, period)


def test_dates_are_read_where_the_file_has_them() -> None:
    found = one(f"serial,secret,digits,period,start date,expiry date\nA1,{HEX},6,60,2026-01-02,2031-12-31T00:00:00Z\n")

    assert (found.starts_on, found.expires_on) == (date(2026, 1, 2), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"A1,{HEX},HOTP,6,30", "seed_file.not_totp"),
        (f"A1,{HEX},OCRA-1:HOTP-SHA1-6:QN08,6,30", "seed_file.not_totp"),
        (f"A1,{HEX},MD5,6,30", "seed_file.parameters"),
        (f"A1,{HEX},SHA1,7,30", "seed_file.parameters"),
        (f"A1,{HEX},SHA1,６,30", "seed_file.parameters"),
        (f"A1,{HEX},SHA1,6,45", "seed_file.parameters"),
        (f"A1,{HEX},SHA1,6,", "seed_file.parameters"),
        (f"A1,{HEX[:30]},SHA1,6,30", "seed_file.short_secret"),
        ("A1,,SHA1,6,30", "seed_file.short_secret"),
        (f"A1,{HEX[:-1]}g,SHA1,6,30", "seed_file.secret"),
        (f"A1,{HEX[:20]} {HEX[20:]},SHA1,6,30", "seed_file.secret"),
        (f"A1,{BASE32[:-2]}19,SHA1,6,30", "seed_file.secret"),
        ("A1,JAAAAAAAAAAAAAAAAAAAAAAAAB,SHA1,6,30", "seed_file.secret"),
        (f"A1,{HEX},SHA1,6", "seed_file.row"),
        (f"A1,{HEX},SHA1,6,30,more", "seed_file.row"),
        (f'A1,"{HEX},SHA1,6,30', "seed_file.row"),
        (f",{HEX},SHA1,6,30", "seed_file.malformed"),
        (f"*,{HEX},SHA1,6,30", "seed_file.malformed"),
    ],
)
def test_a_line_that_may_not_come_in_is_refused_by_name_and_line(line: str, code: str) -> None:
    found = refused(f"{HEADER}GOOD1,{b'another secret of 24 byte'.hex()},SHA1,6,30\n{line}\n")

    assert (found.row, found.why.code) == (3, code)
    assert HEX not in repr(found)


def test_devices_that_share_a_serial_or_a_secret_are_refused() -> None:
    other = b"x" * 20
    found = rows(f"A-1,{HEX},SHA1,6,30\na1,{other.hex()},SHA1,6,30\nB1,{BASE32},SHA1,6,30\n")

    codes = [row.why.code for row in found if isinstance(row, RefusedRow)]
    assert codes == ["seed_file.duplicate_serial", "seed_file.duplicate_secret"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "seed_file.malformed"),
        (b"\n\n", "seed_file.malformed"),
        (b"A1,\xff\xfe,SHA1,6,30", "seed_file.malformed"),
        (f"A1,{HEX}\0,SHA1,6,30".encode(), "seed_file.malformed"),
        (HEADER.encode(), "seed_file.malformed"),
        (b"serial,secret,colour,digits,period\n", "seed_file.malformed"),
        (b"serial,secret,secret,digits,period\n", "seed_file.malformed"),
        (b"serial,secret\n", "seed_file.malformed"),
        (b"A1," + b"0" * 5000, "seed_file.too_large"),
        (f"A1,{HEX},SHA1,6,30\n".encode() * 40, "seed_file.too_large"),
    ],
)
def test_a_file_that_is_no_seed_file_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(SeedFileRefused) as refusal:
        rows(content, limit_bytes=1500 if len(content) < 2500 else 6000)

    assert refusal.value.code == code
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


def test_more_devices_than_allowed_are_refused() -> None:
    with pytest.raises(SeedFileRefused) as refusal:
        rows(f"A1,{HEX},SHA1,6,30\nA2,{b'y' * 20!r},SHA1,6,30\n", limit_keys=1)

    assert refusal.value.code == "seed_file.too_many_keys"
