"""The demo's secrets as the virtual device knows them: JSON lines, read again whenever the file changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Generic, TypeVar

import pyotp

Line = TypeVar("Line")

STAFF_PERIOD = 30  # seconds
_ALGORITHMS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """One device of a demo customer; `period` in seconds."""

    serial: str
    vendor: str
    secret_base32: str = field(repr=False)
    algorithm: str
    digits: int
    period: int
    kind: str
    label: str

    def code(self, at: int) -> str:
        """What the display shows at this moment (seconds since 1970; RFC 6238)."""
        digest = _ALGORITHMS[self.algorithm.upper().removeprefix("HMAC").replace("-", "")]
        return pyotp.TOTP(self.secret_base32, digits=self.digits, digest=digest, interval=self.period).at(at)

    def seconds_left(self, at: int) -> int:
        return self.period - at % self.period


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One staff member of the demo with the second factor of their sign-in."""

    staff_no: str
    name: str
    role: str
    branch: str
    totp_base32: str = field(repr=False)

    def code(self, at: int) -> str:
        return pyotp.TOTP(self.totp_base32, interval=STAFF_PERIOD).at(at)


class Watched(Generic[Line]):
    """The lines of one file that may appear, grow or be replaced at any time."""

    def __init__(self, path: Path, kind: type[Line]) -> None:
        self._path, self._kind = path, kind
        self._seen: tuple[int, ...] | None = None
        self._lines: list[Line] = []

    def lines(self) -> list[Line]:
        """What the file says now; a line that is still being written is left for the next time."""
        try:
            about = self._path.stat()
        except FileNotFoundError:
            self._seen, self._lines = None, []
            return self._lines
        seen = (about.st_ino, about.st_size, about.st_mtime_ns)
        if seen != self._seen:
            parsed = (_parsed(text, self._kind) for text in self._path.read_text(encoding="utf-8").splitlines())
            self._seen, self._lines = seen, [line for line in parsed if line is not None]
        return self._lines


def _parsed(text: str, kind: Callable[..., Line]) -> Line | None:
    try:
        row: dict[str, Any] = json.loads(text)
        return kind(**{name.name: row[name.name] for name in fields(kind)})  # type: ignore[arg-type]  # a dataclass by contract
    except (KeyError, TypeError, ValueError):
        return None
