"""The vendor that makes devices: writes a real RFC 6030 file, AES-256-CBC under a pre-shared key, HMAC-SHA-256.

Randomness comes in, so that demo data can be the same every time; what is written can only be read with the key.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

RandomBytes = Callable[[int], bytes]

KEY_BYTES: Final = 32
MAC_KEY_BYTES: Final = 32
BLOCK_BYTES: Final = 16
_AES: Final = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" \
xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
<EncryptionKey><ds:KeyName>{key_name}</ds:KeyName></EncryptionKey>
<MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha256">\
<MACKey>{mac_key}</MACKey></MACMethod>
"""
_PACKAGE: Final = """<KeyPackage>\
<DeviceInfo><Manufacturer>{manufacturer}</Manufacturer><SerialNo>{serial}</SerialNo>{dates}</DeviceInfo>\
<Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp"><Issuer>{manufacturer}</Issuer>\
<AlgorithmParameters><Suite>HMAC-{algorithm}</Suite><ResponseFormat Length="{digits}" Encoding="DECIMAL"/>\
</AlgorithmParameters>\
<Data><Secret><EncryptedValue>{value}</EncryptedValue><ValueMAC>{mac}</ValueMAC></Secret>\
<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>{period}</PlainValue></TimeInterval></Data>\
<Policy><KeyUsage>OTP</KeyUsage></Policy></Key></KeyPackage>
"""
_VALUE: Final = (
    f'<xenc:EncryptionMethod Algorithm="{_AES}"/>'
    "<xenc:CipherData><xenc:CipherValue>{cipher}</xenc:CipherValue></xenc:CipherData>"
)
_TAIL: Final = "</KeyContainer>\n"


@dataclass(frozen=True, slots=True)
class MadeDevice:
    """One device off the line; `algorithm` is SHA1, SHA256 or SHA512, `period` in seconds."""

    serial: str
    secret: bytes = field(repr=False)
    algorithm: str = "SHA1"
    digits: int = 6
    period: int = 60
    starts_on: date | None = None
    expires_on: date | None = None


def make_devices(
    serials: Iterable[str],
    *,
    random_bytes: RandomBytes = os.urandom,
    secret_bytes: int = 20,
    starts_on: date | None = None,
    expires_on: date | None = None,
) -> Iterator[MadeDevice]:
    """Six-digit devices of one minute, as the shared centre takes them, each with a secret of its own."""
    for serial in serials:
        yield MadeDevice(serial, random_bytes(secret_bytes), starts_on=starts_on, expires_on=expires_on)


def write_pskc(
    path: Path,
    devices: Iterable[MadeDevice],
    *,
    transport_key: bytes,
    manufacturer: str = "oath.NH",
    key_name: str = "NH-OTP transport key",
    random_bytes: RandomBytes = os.urandom,
) -> int:
    """Write one seed file, readable by its owner only, as the devices come, and return how many; 32-byte key."""
    press = _Press(transport_key, random_bytes(MAC_KEY_BYTES), escape(manufacturer), random_bytes)
    # an older file keeps its mode when opened again
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        return press.write(out, devices, escape(key_name))


class _Press:
    def __init__(self, key: bytes, mac_key: bytes, manufacturer: str, random_bytes: RandomBytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("AES-256 needs a transport key of 32 bytes")
        self._aes, self._mac_key = AES(key), mac_key
        self._manufacturer, self._random_bytes = manufacturer, random_bytes

    def write(self, out: BinaryIO, devices: Iterable[MadeDevice], key_name: str) -> int:
        count = 0
        out.write(_HEAD.format(key_name=key_name, mac_key=_value(self._sealed(self._mac_key))).encode())
        for device in devices:
            out.write(self._package(device).encode())
            count += 1
        out.write(_TAIL.encode())
        return count

    def _package(self, device: MadeDevice) -> str:
        sealed = self._sealed(device.secret)
        return _PACKAGE.format(
            manufacturer=self._manufacturer,
            serial=escape(device.serial, {'"': "&quot;"}),
            dates=_date("StartDate", device.starts_on) + _date("ExpiryDate", device.expires_on),
            algorithm=device.algorithm,
            digits=device.digits,
            period=device.period,
            value=_value(sealed),
            mac=_base64(hmac.digest(self._mac_key, sealed, "sha256")),
        )

    def _sealed(self, clear: bytes) -> bytes:
        iv, padder = self._random_bytes(BLOCK_BYTES), PKCS7(AES.block_size).padder()
        encryptor = Cipher(self._aes, CBC(iv)).encryptor()
        return iv + encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()


def _value(sealed: bytes) -> str:
    return _VALUE.format(cipher=_base64(sealed))


def _date(name: str, day: date | None) -> str:
    return f"<{name}>{day.isoformat()}T00:00:00+09:00</{name}>" if day else ""


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
