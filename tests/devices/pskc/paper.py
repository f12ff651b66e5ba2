"""Seed files written by hand, each part of which a test can change."""

import base64
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from devices import pskc
from devices.pskc.cipher import aes_cbc

KEY = bytes(range(32))
IV = bytes(range(100, 116))
TOTP = "urn:ietf:params:xml:ns:keyprov:pskc:totp"
AES256 = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
HMAC256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
OPENING = (
    '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"'
    ' xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">'
)
HEADER = (
    "<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>"
    f'<MACMethod Algorithm="{HMAC256}"></MACMethod>'
)


def encrypted(clear: bytes, key: bytes = KEY) -> bytes:
    padder, encryptor = PKCS7(128).padder(), Cipher(AES(key), CBC(IV)).encryptor()
    return IV + encryptor.update(padder.update(clear) + padder.finalize()) + encryptor.finalize()


def signed(sealed: bytes, key: bytes = KEY) -> bytes:
    return hmac.digest(key, sealed, "sha256")


def base64_of(value: bytes) -> str:
    return base64.b64encode(value).decode()


def cipher_data(sealed: bytes, algorithm: str = AES256) -> str:
    return (
        f'<xenc:EncryptionMethod Algorithm="{algorithm}"/>'
        f"<xenc:CipherData><xenc:CipherValue>{base64_of(sealed)}</xenc:CipherValue></xenc:CipherData>"
    )


@dataclass(frozen=True)
class Sheet:
    """One key package as text; what is None is worked out from the secret."""

    serial: str = "NH0000000001"
    secret: bytes = b"01234567890123456789"
    info: str = ""
    algorithm: str = TOTP
    parameters: str = '<Suite>HMAC-SHA256</Suite><ResponseFormat Length="6" Encoding="DECIMAL"/>'
    times: str = "<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>"
    policy: str = ""
    value: str | None = None
    mac: str | None = None

    def text(self) -> str:
        sealed = encrypted(self.secret)
        value = self.value if self.value is not None else f"<EncryptedValue>{cipher_data(sealed)}</EncryptedValue>"
        mac = self.mac if self.mac is not None else f"<ValueMAC>{base64_of(signed(sealed))}</ValueMAC>"
        return (
            f"<KeyPackage><DeviceInfo><Manufacturer>oath.NH</Manufacturer><SerialNo>{self.serial}</SerialNo>{self.info}"
            f'</DeviceInfo><Key Id="1" Algorithm="{self.algorithm}"><AlgorithmParameters>{self.parameters}'
            f"</AlgorithmParameters><Data><Secret>{value}{mac}</Secret>{self.times}</Data>{self.policy}</Key></KeyPackage>"
        )


def sheet(**changes: Any) -> Sheet:
    return replace(Sheet(), **changes)


def file_of(*sheets: Sheet | str, header: str = HEADER) -> bytes:
    packages = "".join(one if isinstance(one, str) else one.text() for one in sheets)
    return f"{OPENING}{header}{packages}</KeyContainer>".encode()


def read(content: bytes, *, key: bytes = KEY, **options: Any) -> list[pskc.KeyPackage]:
    return list(pskc.read(BytesIO(content), key=key, **options))


class WatchedCipher:
    """Decrypts like the real one and remembers which ciphertexts it was shown."""

    def __init__(self) -> None:
        self.shown: list[bytes] = []

    def __call__(self, key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
        self.shown.append(ciphertext)
        return aes_cbc(key, iv, ciphertext)


def every_flip(value: bytes) -> Iterator[bytes]:
    """The value with one byte changed, for each byte."""
    for place in range(len(value)):
        yield value[:place] + bytes([value[place] ^ 0x01]) + value[place + 1 :]
