"""Seeds under lock: a key per lot, wrapped by the key-encryption key, and every seed bound to its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from nh_otp.vault import KEY_BYTES, CannotOpen, KeyRing, associated

KEPT_LOTS: Final = 1024  # unwrapped lot keys per process
LOT_KEY: Final = "lot"
_NOWHERE: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Label:
    """Everything a sealed seed is bound to: moved to another row, or read with other parameters, it does not open."""

    device: UUID
    serial: str
    algorithm: str
    digits: int
    period: int
    lot: UUID
    row_version: int

    def place(self) -> bytes:
        shown = (self.serial, self.algorithm, self.digits, self.period)
        return associated("seed", str(self.device), *shown, str(self.lot), self.row_version)


class Seeds:
    """Opens and seals seeds with the seed ring, which no other process holds."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._lot_key: Callable[[UUID, bytes], KeyRing] = lru_cache(maxsize=KEPT_LOTS)(self._unwrap)

    def new_lot(self, lot: UUID) -> tuple[KeyRing, bytes]:
        """A fresh key for a lot, and the same wrapped, to be stored."""
        key = os.urandom(KEY_BYTES)
        return _ring_of(key), self._ring.seal(key, place=associated("seed_lot", str(lot)))

    def open(self, sealed: bytes, *, wrapped_key: bytes, label: Label) -> bytes:
        """The seed of this very device. Raises CannotOpen."""
        return self._lot_key(label.lot, bytes(wrapped_key)).open(sealed, place=label.place())

    def digest(self, secret: bytes) -> bytes:
        """Keyed, so that two devices with one secret are found and nothing is told about it."""
        return self._ring.blind("seed", secret.hex())

    def prove(self) -> None:
        """Seal and open a canary, so that a ring that cannot work is found at start. Raises CannotOpen."""
        label = Label(_NOWHERE, "CANARY", "SHA1", 6, 60, _NOWHERE, 1)
        key, wrapped = self.new_lot(_NOWHERE)
        canary = os.urandom(KEY_BYTES)
        if self.open(key.seal(canary, place=label.place()), wrapped_key=wrapped, label=label) != canary:
            raise CannotOpen

    def _unwrap(self, lot: UUID, wrapped_key: bytes) -> KeyRing:
        return _ring_of(self._ring.open(wrapped_key, place=associated("seed_lot", str(lot))))


def _ring_of(key: bytes) -> KeyRing:
    return KeyRing({LOT_KEY: key}, LOT_KEY)
