"""Sealing of secrets and blind indexes, over a ring of keys that is handed in.

AES-256-GCM with associated data that ties a value to its row and field: moved elsewhere, it does not open.
A sealed value is `version(1) ‖ key id length(1) ‖ key id ‖ nonce(12) ‖ ciphertext ‖ tag`.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
NONCE_BYTES = 12
KEY_BYTES = 32
LONGEST_KEY_ID = 40


class CannotOpen(Exception):
    """A sealed value was changed, moved to another row, or its key is not on the ring."""


def associated(*parts: str | int) -> bytes:
    """Bind a sealed value to its place; every part is length-prefixed so that no two places read alike."""
    out = b""
    for part in parts:
        raw = str(part).encode()
        out += len(raw).to_bytes(4, "big") + raw
    return out


def _fits(kid: str, key: bytes) -> bool:
    return kid.isascii() and len(kid) <= LONGEST_KEY_ID and len(key) == KEY_BYTES


@dataclass(frozen=True)
class KeyRing:
    """Keys by id; the current one seals, all of them open."""

    keys: Mapping[str, bytes]
    current: str

    def __repr__(self) -> str:
        return f"KeyRing({sorted(self.keys)}, current={self.current})"

    @classmethod
    def parse(cls, text: str) -> KeyRing:
        """Read lines `kid base64(32 bytes)`; the last line is the current key. Raises ValueError."""
        pairs = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        keys = {kid: base64.b64decode(key, validate=True) for kid, key in pairs}
        if not keys or len(keys) < len(pairs) or not all(_fits(*pair) for pair in keys.items()):
            raise ValueError("a key ring needs lines of: key id of its own (ASCII), base64 of 32 bytes")
        return cls(keys, pairs[-1][0])

    @cached_property
    def _ciphers(self) -> Mapping[str, AESGCM]:
        return {kid: AESGCM(key) for kid, key in self.keys.items()}

    @cached_property
    def _index_keys(self) -> dict[str, bytes]:
        return {}

    def seal(self, plain: bytes, *, place: bytes) -> bytes:
        """Encrypt under the current key, bound to the place."""
        head = bytes([VERSION, len(self.current)]) + self.current.encode()
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + self._ciphers[self.current].encrypt(nonce, plain, head + place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """Decrypt a value sealed for this place. Raises CannotOpen."""
        sealed = bytes(sealed)
        end = 2 + sealed[1] if len(sealed) > 1 else 0
        head, nonce, body = sealed[:end], sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
        cipher = self._ciphers.get(head[2:].decode(errors="replace"))
        if cipher is None or head[0] != VERSION:
            raise CannotOpen()
        try:
            return cipher.decrypt(nonce, body, head + place)
        except (InvalidTag, ValueError):
            raise CannotOpen() from None

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed digest that finds equal values without telling them; one key per purpose.

        Made with the ring's *first* key, so that adding a key does not lose what was indexed before.
        """
        key = self._index_keys.get(purpose)
        if key is None:
            first = next(iter(self.keys.values()))
            key = HKDF(hashes.SHA256(), KEY_BYTES, None, b"nh_otp/blind/" + purpose.encode()).derive(first)
            self._index_keys[purpose] = key
        return hmac.digest(key, value.encode(), "sha256")[:16]


@lru_cache(maxsize=4)
def read_ring(path: str) -> KeyRing:
    """Read a ring from its file, once per process."""
    return KeyRing.parse(Path(path).read_text())
