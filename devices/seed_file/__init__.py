"""What every seed file comes down to, whatever its format: devices with their secrets, and rows refused by name."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final, Protocol

from devices import otp
from devices.seed_file.refusals import (
    DuplicateSecret,
    DuplicateSerial,
    Malformed,
    SeedFileRefused,
    ShortSecret,
    TooManyKeys,
    UnknownParameters,
)
from devices.serials import spelled
from devices.states import Algorithm

LIMIT_BYTES: Final = 500 * 1000 * 1000  # product.md 6
LIMIT_KEYS: Final = 100_000  # product.md 15
SHORTEST_SECRET: Final = 16  # bytes, RFC 4226 section 4 R6

_SERIAL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_SUITES: Final = {"": Algorithm.SHA1} | {
    f"{prefix}{dashed}": Algorithm(dashed.replace("-", ""))
    for prefix in ("", "HMAC-", "HMAC")
    for dashed in ("SHA1", "SHA-1", "SHA256", "SHA-256", "SHA512", "SHA-512")
}


class Readable(Protocol):
    """A file, a request body: anything read forward, piece by piece."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """One device as its vendor describes it; `starts_on` and `expires_on` are the days the vendor wrote."""

    row: int
    serial: str
    manufacturer: str
    secret: bytes = field(repr=False)
    parameters: otp.Parameters
    starts_on: date | None
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that may not be used, by its place in the file; its serial as far as it could be read."""

    row: int
    serial: str
    why: SeedFileRefused


Row = KeyPackage | RefusedRow


class Seen:
    """Serials and secrets met so far, as digests under a key nobody keeps: no clear secret stays in memory."""

    def __init__(self, *, limit_keys: int = LIMIT_KEYS) -> None:
        self._key = secrets.token_bytes(32)
        self._serials: set[bytes] = set()
        self._secrets: set[bytes] = set()
        self._limit, self._rows = limit_keys, 0

    def row(self, number: int, serial: Callable[[], str], package: Callable[[], KeyPackage]) -> Row:
        """One row, used or refused. Raises TooManyKeys, which no other row can mend."""
        self._rows += 1
        if self._rows > self._limit:
            raise TooManyKeys(package=number)
        try:
            found = package()
            self._add(found)
        except SeedFileRefused as refusal:
            return RefusedRow(number, _readable(serial), refusal)
        return found

    def _add(self, package: KeyPackage) -> None:
        if len(package.secret) < SHORTEST_SECRET:
            raise ShortSecret
        serial, secret = (
            self._digest((spelled(package.serial) or package.serial).encode()),
            self._digest(package.secret),
        )
        if serial in self._serials:
            raise DuplicateSerial
        if secret in self._secrets:
            raise DuplicateSecret
        self._serials.add(serial)
        self._secrets.add(secret)

    def _digest(self, value: bytes) -> bytes:
        return hashlib.blake2b(value, key=self._key, digest_size=16).digest()


def strict(rows: Iterator[Row]) -> Iterator[KeyPackage]:
    """Only devices; the first refused row refuses the file and says where."""
    for row in rows:
        if isinstance(row, RefusedRow):
            row.why.facts["package"] = row.row
            raise row.why
        yield row


def serial_of(text: str) -> str:
    """A serial as a vendor may write it. Raises Malformed."""
    if not _SERIAL.fullmatch(text):
        raise Malformed
    return text


@lru_cache(maxsize=64)
def parameters_of(suite: str, digits: str, period: str) -> otp.Parameters:
    """Hash, number of digits and seconds of a code, if devices of that kind are carried. Raises UnknownParameters."""
    if suite.upper() not in _SUITES or not _NUMBER.fullmatch(digits) or not _NUMBER.fullmatch(period):
        raise UnknownParameters
    try:
        return otp.Parameters(_SUITES[suite.upper()], int(digits), int(period))
    except ValueError:
        raise UnknownParameters from None


@lru_cache(maxsize=64)
def day_of(text: str) -> date:
    """The day as the vendor wrote it, as it is printed on the device; its time zone moves nothing. Raises Malformed."""
    if not _MOMENT.fullmatch(text):
        raise Malformed
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Malformed from None


def _readable(serial: Callable[[], str]) -> str:
    try:
        return serial()
    except SeedFileRefused:
        return ""
