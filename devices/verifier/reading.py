"""A seed file as rows, whatever its format."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from devices import oath_csv, pskc
from devices.pskc import Unlock
from devices.seed_file import Row
from devices.seed_file.refusals import ClearFile
from nh_otp.gateways.otp_verifier import LotFormat, LotHeader


class Hashed:
    """A stream that remembers the digest of what was read from it."""

    def __init__(self, body: BinaryIO) -> None:
        self._body, self._hash = body, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        self._hash.update(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def rows_of(header: LotHeader, file: Hashed, *, takes_clear: bool) -> Iterator[Row]:
    """Every row of the file. Raises ClearFile for one in clear that came another way than by the verifier's user."""
    if header.format == LotFormat.OATH_CSV:
        if not takes_clear:
            raise ClearFile
        return oath_csv.rows(file)
    unlock = Unlock(header.key, header.passphrase, takes_clear)
    return pskc.rows(file, unlock=unlock)
