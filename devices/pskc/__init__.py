"""RFC 6030 seed files in, key packages out: streaming, no database, secrets only in what is yielded.

Read here: PSKC 1.0, TOTP, AES-CBC under a pre-shared key with a keyed MAC. Everything else is refused by name.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from devices import otp
from devices.pskc.cipher import Decrypt, Transport, aes_cbc, decoded, sealed_value, transport
from devices.pskc.elements import Elements, Readable, packages
from devices.pskc.refusals import (
    ClearSecret,
    DuplicateSecret,
    DuplicateSerial,
    MacMissing,
    Malformed,
    NotTotp,
    SeedFileRefused,
    ShortSecret,
    TooManyKeys,
    UnknownParameters,
    UnknownPolicy,
)
from devices.states import Algorithm

LIMIT_BYTES: Final = 500 * 1000 * 1000  # product.md 6
LIMIT_KEYS: Final = 100_000  # product.md 15
SHORTEST_SECRET: Final = 16  # bytes, RFC 4226 section 4 R6
TOTP: Final = "urn:ietf:params:xml:ns:keyprov:pskc:totp"

_SERIAL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_LONGEST_MANUFACTURER: Final = 64
_NUMBER: Final = re.compile(r"[0-9]{1,3}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_KEY: Final = "KeyPackage/Key"
_SECRET: Final = f"{_KEY}/Data/Secret"
_POLICY: Final = f"{_KEY}/Policy"
_KEPT_POLICIES: Final = frozenset(f"{_POLICY}/{name}" for name in ("StartDate", "ExpiryDate", "KeyUsage"))
_SUITES: Final = {"": Algorithm.SHA1} | {
    f"{prefix}{dashed}": Algorithm(dashed.replace("-", ""))
    for prefix in ("", "HMAC-")
    for dashed in ("SHA1", "SHA-1", "SHA256", "SHA-256", "SHA512", "SHA-512")
}


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """One device as its vendor describes it; `starts_on` and `expires_on` are the days the vendor wrote."""

    serial: str
    manufacturer: str
    secret: bytes = field(repr=False)
    parameters: otp.Parameters
    starts_on: date | None
    expires_on: date | None


def read(
    stream: Readable,
    *,
    key: bytes,
    limit_bytes: int = LIMIT_BYTES,
    limit_keys: int = LIMIT_KEYS,
    decrypt: Decrypt = aes_cbc,
) -> Iterator[KeyPackage]:
    """Yield the file's devices in order; a SeedFileRefused may come at any point, also at the very end.

    So nothing that was yielded may be kept before the iterator is exhausted. The MAC covers each secret, not serial
    or parameters (RFC 6030 section 6.1.1): who may change the file can still swap two devices' secrets.
    """
    seen = _Seen()
    opener: Transport | None = None
    for package in packages(stream, limit_bytes=limit_bytes):
        if package.number > limit_keys:
            raise TooManyKeys
        try:
            _expect_usable(package.elements)
            opener = opener or transport(package.header, key=key, decrypt=decrypt)
            found = _key_package(package.elements, opener)
            seen.add(found)
        except SeedFileRefused as refusal:
            refusal.facts["package"] = package.number
            raise
        yield found


class _Seen:
    """Serials and secrets met so far, as digests under a key nobody keeps: no clear secret stays in memory."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._serials: set[bytes] = set()
        self._secrets: set[bytes] = set()

    def add(self, package: KeyPackage) -> None:
        serial, secret = self._digest(package.serial.encode("ascii")), self._digest(package.secret)
        if serial in self._serials:
            raise DuplicateSerial
        if secret in self._secrets:
            raise DuplicateSecret
        self._serials.add(serial)
        self._secrets.add(secret)

    def _digest(self, value: bytes) -> bytes:
        return hashlib.blake2b(value, key=self._key, digest_size=16).digest()


def _expect_usable(elements: Elements) -> None:
    key = elements.one(_KEY)
    if key is None:
        raise Malformed
    if key.attributes.get("Algorithm") != TOTP:
        raise NotTotp
    _expect_kept_policy(elements)
    if elements.every(f"{_SECRET}/PlainValue"):
        raise ClearSecret


def _expect_kept_policy(elements: Elements) -> None:
    """A policy that is not understood forbids every use of the key (RFC 6030 section 5)."""
    usages = {usage.text for usage in elements.every(f"{_POLICY}/KeyUsage")}
    if not set(elements.below(_POLICY)) <= _KEPT_POLICIES or (usages and "OTP" not in usages):
        raise UnknownPolicy


def _key_package(elements: Elements, opener: Transport) -> KeyPackage:
    return KeyPackage(
        serial=_serial(elements),
        manufacturer=_manufacturer(elements),
        parameters=_parameters(elements),
        starts_on=max(_days(elements, "StartDate"), default=None),
        expires_on=min(_days(elements, "ExpiryDate"), default=None),
        secret=_secret(elements, opener),
    )


def _serial(elements: Elements) -> str:
    serial = elements.text("KeyPackage/DeviceInfo/SerialNo")
    if not _SERIAL.fullmatch(serial):
        raise Malformed
    return serial


def _manufacturer(elements: Elements) -> str:
    name = elements.text("KeyPackage/DeviceInfo/Manufacturer")
    if len(name) > _LONGEST_MANUFACTURER or not name.isprintable():
        raise Malformed
    return name


def _parameters(elements: Elements) -> otp.Parameters:
    shown = elements.one(f"{_KEY}/AlgorithmParameters/ResponseFormat")
    response = shown.attributes if shown else {}
    if response.get("Encoding") != "DECIMAL" or response.get("CheckDigits", "false") not in ("false", "0"):
        raise UnknownParameters
    # a start of time other than 1970 would make every code of the device wrong
    if elements.text(f"{_KEY}/Data/Time/PlainValue") not in ("", "0"):
        raise UnknownParameters
    suite = elements.text(f"{_KEY}/AlgorithmParameters/Suite")
    return _product(suite, response.get("Length", ""), elements.text(f"{_KEY}/Data/TimeInterval/PlainValue"))


@lru_cache(maxsize=32)
def _product(suite: str, digits: str, period: str) -> otp.Parameters:
    if suite.upper() not in _SUITES or not _NUMBER.fullmatch(digits) or not _NUMBER.fullmatch(period):
        raise UnknownParameters
    try:
        return otp.Parameters(_SUITES[suite.upper()], int(digits), int(period))
    except ValueError:
        raise UnknownParameters from None


def _days(elements: Elements, name: str) -> list[date]:
    texts = (elements.text(f"{parent}/{name}") for parent in ("KeyPackage/DeviceInfo", _POLICY))
    return [_day(text) for text in texts if text]


@lru_cache(maxsize=32)
def _day(text: str) -> date:
    """The day as the vendor wrote it, as it is printed on the device; its time zone moves nothing."""
    if not _MOMENT.fullmatch(text):
        raise Malformed
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Malformed from None


def _secret(elements: Elements, opener: Transport) -> bytes:
    algorithm, sealed = sealed_value(elements, f"{_SECRET}/EncryptedValue")
    mac = elements.one(f"{_SECRET}/ValueMAC")
    if mac is None:
        raise MacMissing
    secret = opener.open(algorithm, sealed, decoded(mac.text))
    if len(secret) < SHORTEST_SECRET:
        raise ShortSecret
    return secret


__all__ = ["LIMIT_BYTES", "LIMIT_KEYS", "KeyPackage", "Readable", "SeedFileRefused", "read"]
