"""How a PSKC file hides its secrets (RFC 6030 section 6.1): keyed MAC first, AES-CBC only after it matched."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from devices.pskc.elements import Elements
from devices.pskc.refusals import MacMissing, Malformed, UnknownCipher, WrongKey

Decrypt = Callable[[bytes, bytes, bytes], bytes]
"""(key, IV, ciphertext) → clear bytes, padding removed; ValueError when they do not fit."""

BLOCK: Final = 16  # bytes
SHORTEST_MAC_KEY: Final = 16  # bytes: a stretched or empty one would let anybody sign
KEY_BYTES: Final = {f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
HASHES: Final = {
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1": "sha1",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha224": "sha224",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384": "sha384",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512": "sha512",
}


def aes_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """AES-CBC with PKCS#7 padding; ValueError when length or padding is wrong."""
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    unpadder = PKCS7(AES.block_size).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


@dataclass(frozen=True, slots=True)
class Transport:
    """What opens the values of one file: the pre-shared key, the MAC's key and hash, and the way to decrypt."""

    key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    mac_hash: str
    decrypt: Decrypt

    def open(self, algorithm: str, sealed: bytes, mac: bytes) -> bytes:
        """The clear value, decrypted only after the MAC over IV and ciphertext matched; WrongKey otherwise."""
        if not hmac.compare_digest(hmac.digest(self.mac_key, sealed, self.mac_hash), mac):
            raise WrongKey
        return _decrypted(self.key, algorithm, sealed, self.decrypt)


def transport(header: Elements, *, key: bytes, decrypt: Decrypt) -> Transport:
    """Read the file's header under the pre-shared key; without MACKey the key itself is the MAC's."""
    _expect_preshared(header)
    method = header.one("MACMethod")
    if method is None:
        raise MacMissing
    mac_hash = HASHES.get(method.attributes.get("Algorithm", ""))
    if mac_hash is None or header.every("MACMethod/MACKeyReference"):
        raise UnknownCipher
    return Transport(key, _mac_key(header, key, decrypt), mac_hash, decrypt)


def decoded(text: str) -> bytes:
    """Base64 with line breaks allowed and nothing else; Malformed otherwise, and when empty."""
    try:
        value = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None
    if not value:
        raise Malformed
    return value


def sealed_value(elements: Elements, path: str) -> tuple[str, bytes]:
    """Algorithm and IV‖ciphertext of the xmlenc value below `path`."""
    method = elements.one(f"{path}/xenc:EncryptionMethod")
    sealed = decoded(elements.text(f"{path}/xenc:CipherData/xenc:CipherValue"))
    return method.attributes.get("Algorithm", "") if method else "", sealed


def _expect_preshared(header: Elements) -> None:
    # a derived, wrapped or certificate key would make another key than the one handed in
    if any(path != "EncryptionKey/ds:KeyName" for path in header.below("EncryptionKey")):
        raise UnknownCipher


def _mac_key(header: Elements, key: bytes, decrypt: Decrypt) -> bytes:
    if not header.every("MACMethod/MACKey"):
        return key
    mac_key = _decrypted(key, *sealed_value(header, "MACMethod/MACKey"), decrypt)
    if len(mac_key) < SHORTEST_MAC_KEY:
        raise WrongKey
    return mac_key


def _decrypted(key: bytes, algorithm: str, sealed: bytes, decrypt: Decrypt) -> bytes:
    size = KEY_BYTES.get(algorithm)
    if size is None:
        raise UnknownCipher
    if len(key) != size:
        raise WrongKey
    try:
        return decrypt(key, sealed[:BLOCK], sealed[BLOCK:])
    except ValueError:
        raise WrongKey from None
