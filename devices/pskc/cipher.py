"""How a PSKC file hides its secrets (RFC 6030 section 6): keyed MAC first, AES only after it matched, or key wrap."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_unwrap_with_padding
from cryptography.hazmat.primitives.padding import PKCS7

from devices.pskc.derivation import derived_key
from devices.pskc.elements import Elements
from devices.pskc.encoding import decoded
from devices.pskc.names import HASHES
from devices.seed_file.refusals import MacMissing, OtherKey, UnknownCipher, WrongKey

Decrypt = Callable[[bytes, bytes, bytes], bytes]
"""(key, IV, ciphertext) → clear bytes, padding removed; ValueError when they do not fit."""

BLOCK: Final = 16  # bytes
SHORTEST_MAC_KEY: Final = 16  # bytes: a stretched or empty one would let anybody sign
KEY_BYTES: Final = {f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
WRAPS: Final = {f"http://www.w3.org/2001/04/xmlenc#kw-aes{bits}": bits // 8 for bits in (128, 192, 256)}
PADDED_WRAPS: Final = {f"http://www.w3.org/2009/xmlenc11#kw-aes-{bits}-pad": bits // 8 for bits in (128, 192, 256)}
SIZES: Final = KEY_BYTES | WRAPS | PADDED_WRAPS


@dataclass(frozen=True, slots=True)
class Unlock:
    """What opens a file: the pre-shared key or the passphrase agreed with the vendor; or nothing for a clear file."""

    key: bytes | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    takes_clear: bool = False
    """Only the verifier's own user, at the machine itself, may bring in secrets that nobody encrypted."""


def aes_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """AES-CBC with PKCS#7 padding; ValueError when length or padding is wrong."""
    decryptor = Cipher(AES(key), CBC(iv)).decryptor()
    padded = decryptor.update(ciphertext) + decryptor.finalize()
    unpadder = PKCS7(AES.block_size).unpadder()
    return unpadder.update(padded) + unpadder.finalize()


@dataclass(frozen=True, slots=True)
class Transport:
    """What opens the values of one file: its key, the MAC's key and hash if it declares one, and the way to decrypt."""

    key: bytes = field(repr=False)
    mac_key: bytes = field(repr=False)
    mac_hash: str
    decrypt: Decrypt
    takes_clear: bool = False

    def open(self, algorithm: str, sealed: bytes, mac: bytes | None) -> bytes:
        """The clear value, decrypted only after the MAC over IV and ciphertext matched; WrongKey otherwise.

        A wrapped key proves itself (RFC 3394); it may do without a MAC where the file declares none.
        """
        if not self.key:
            raise UnknownCipher
        if mac is None and (self.mac_hash or algorithm in KEY_BYTES):
            raise MacMissing
        if mac is not None:
            self._must_match(sealed, mac)
        return _decrypted(self.key, algorithm, sealed, self.decrypt)

    def _must_match(self, sealed: bytes, mac: bytes) -> None:
        if not self.mac_hash:
            raise MacMissing
        if not hmac.compare_digest(hmac.digest(self.mac_key, sealed, self.mac_hash), mac):
            raise WrongKey


def transport(header: Elements, *, unlock: Unlock, decrypt: Decrypt) -> Transport:
    """Read the file's header and take its key; without MACKey the key itself is the MAC's."""
    method = header.one("MACMethod")
    if method is None and not header.every("EncryptionKey"):
        return _without_header(unlock, decrypt)
    key = _file_key(header, unlock)
    if method is None:
        return Transport(key, b"", "", decrypt)
    mac_hash = HASHES.get(method.attributes.get("Algorithm", ""))
    if mac_hash is None or header.every("MACMethod/MACKeyReference"):
        raise UnknownCipher
    return Transport(key, _mac_key(header, key, decrypt), mac_hash, decrypt)


def _without_header(unlock: Unlock, decrypt: Decrypt) -> Transport:
    """A file that names no key is a clear one, unless a pre-shared key came with it."""
    return Transport(unlock.key or b"", b"", "", decrypt, takes_clear=unlock.takes_clear and unlock.key is None)


def _file_key(header: Elements, unlock: Unlock) -> bytes:
    if header.below("EncryptionKey/xenc11:DerivedKey") or header.every("EncryptionKey/xenc11:DerivedKey"):
        if unlock.passphrase is None:
            raise OtherKey
        return derived_key(header, unlock.passphrase)
    _expect_preshared(header)
    if unlock.key is None:
        raise OtherKey
    return unlock.key


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
    size = SIZES.get(algorithm)
    if size is None:
        raise UnknownCipher
    if len(key) != size:
        raise WrongKey
    try:
        if algorithm in WRAPS:
            return aes_key_unwrap(key, sealed)
        if algorithm in PADDED_WRAPS:
            return aes_key_unwrap_with_padding(key, sealed)
        return decrypt(key, sealed[:BLOCK], sealed[BLOCK:])
    except (ValueError, InvalidUnwrap):
        raise WrongKey from None
