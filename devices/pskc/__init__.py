"""RFC 6030 seed files in, key packages out: streaming, no database, secrets only in what is yielded.

Read here: PSKC 1.0, TOTP, under a pre-shared key or a passphrase (PBKDF2), AES-CBC with a keyed MAC or AES key wrap.
Everything else is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Final

from devices import otp
from devices.pskc.cipher import Decrypt, Transport, Unlock, aes_cbc, sealed_value, transport
from devices.pskc.elements import Elements, Package, packages
from devices.pskc.encoding import decoded
from devices.seed_file import (
    LIMIT_BYTES,
    LIMIT_KEYS,
    KeyPackage,
    Readable,
    Row,
    Seen,
    day_of,
    parameters_of,
    serial_of,
    strict,
)
from devices.seed_file.refusals import (
    ClearSecret,
    Malformed,
    NotTotp,
    SeedFileRefused,
    UnknownParameters,
    UnknownPolicy,
)

TOTP: Final = "urn:ietf:params:xml:ns:keyprov:pskc:totp"

_LONGEST_MANUFACTURER: Final = 64
_KEY: Final = "KeyPackage/Key"
_SECRET: Final = f"{_KEY}/Data/Secret"
_POLICY: Final = f"{_KEY}/Policy"
_KEPT_POLICIES: Final = frozenset(f"{_POLICY}/{name}" for name in ("StartDate", "ExpiryDate", "KeyUsage"))


def rows(
    stream: Readable,
    *,
    unlock: Unlock,
    limit_bytes: int = LIMIT_BYTES,
    limit_keys: int = LIMIT_KEYS,
    decrypt: Decrypt = aes_cbc,
) -> Iterator[Row]:
    """Yield the file's devices, used or refused, in order; what is wrong with the file itself is raised at any point.

    So nothing that was yielded may be kept before the iterator is exhausted. The MAC covers each secret, not serial
    or parameters (RFC 6030 section 6.1.1): who may change the file can still swap two devices' secrets.
    """
    seen = Seen(limit_keys=limit_keys)
    opener: Transport | None = None
    for package in packages(stream, limit_bytes=limit_bytes):
        opener = opener or _opener(package, unlock, decrypt)
        yield seen.row(package.number, partial(_serial, package.elements), partial(_key_package, package, opener))


def read(
    stream: Readable,
    *,
    key: bytes,
    limit_bytes: int = LIMIT_BYTES,
    limit_keys: int = LIMIT_KEYS,
    decrypt: Decrypt = aes_cbc,
) -> Iterator[KeyPackage]:
    """Yield the devices of a file under a pre-shared key; the first refused row refuses the file."""
    unlock = Unlock(key=key)
    return strict(rows(stream, unlock=unlock, limit_bytes=limit_bytes, limit_keys=limit_keys, decrypt=decrypt))


def _opener(package: Package, unlock: Unlock, decrypt: Decrypt) -> Transport:
    try:
        return transport(package.header, unlock=unlock, decrypt=decrypt)
    except SeedFileRefused as refusal:
        # the header speaks for every device, and is read with the first
        refusal.facts["package"] = package.number
        raise


def _key_package(package: Package, opener: Transport) -> KeyPackage:
    elements = package.elements
    _expect_usable(elements)
    return KeyPackage(
        row=package.number,
        serial=_serial(elements),
        manufacturer=_manufacturer(elements),
        parameters=_parameters(elements),
        starts_on=max(_days(elements, "StartDate"), default=None),
        expires_on=min(_days(elements, "ExpiryDate"), default=None),
        secret=_secret(elements, opener),
    )


def _expect_usable(elements: Elements) -> None:
    key = elements.one(_KEY)
    if key is None:
        raise Malformed
    if key.attributes.get("Algorithm") != TOTP:
        raise NotTotp
    _expect_kept_policy(elements)


def _expect_kept_policy(elements: Elements) -> None:
    """A policy that is not understood forbids every use of the key (RFC 6030 section 5)."""
    usages = {usage.text for usage in elements.every(f"{_POLICY}/KeyUsage")}
    if not set(elements.below(_POLICY)) <= _KEPT_POLICIES or (usages and "OTP" not in usages):
        raise UnknownPolicy


def _serial(elements: Elements) -> str:
    return serial_of(elements.text("KeyPackage/DeviceInfo/SerialNo"))


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
    return parameters_of(suite, response.get("Length", ""), elements.text(f"{_KEY}/Data/TimeInterval/PlainValue"))


def _days(elements: Elements, name: str) -> list[date]:
    texts = (elements.text(f"{parent}/{name}") for parent in ("KeyPackage/DeviceInfo", _POLICY))
    return [day_of(text) for text in texts if text]


def _secret(elements: Elements, opener: Transport) -> bytes:
    clear, mac = elements.one(f"{_SECRET}/PlainValue"), elements.one(f"{_SECRET}/ValueMAC")
    if clear is not None:
        if not opener.takes_clear or mac is not None or elements.below(f"{_SECRET}/EncryptedValue"):
            raise ClearSecret
        return decoded(clear.text)
    algorithm, sealed = sealed_value(elements, f"{_SECRET}/EncryptedValue")
    return opener.open(algorithm, sealed, decoded(mac.text) if mac else None)


__all__ = ["LIMIT_BYTES", "LIMIT_KEYS", "KeyPackage", "Readable", "SeedFileRefused", "Unlock", "read", "rows"]
