"""The arithmetic of codes with pyotp: one seed, one moment, one answer. Pure: no clock, no database, no counter."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyotp

from devices.states import Algorithm

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS: Final = frozenset({6, 8})
PERIODS: Final = frozenset({30, 60})


_DIGESTS: Final[dict[Algorithm, Callable[..., Any]]] = {
    Algorithm.SHA1: hashlib.sha1,
    Algorithm.SHA256: hashlib.sha256,
    Algorithm.SHA512: hashlib.sha512,
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a product shows: hash, number of digits (6 or 8), seconds per code (30 or 60); else ValueError."""

    algorithm: Algorithm
    digits: int
    period: int

    def __post_init__(self) -> None:
        if self.digits not in DIGITS or self.period not in PERIODS:
            raise ValueError(f"no product shows {self.digits} digits every {self.period} seconds")


def step_at(at: datetime, period: int) -> int:
    """The time step of an aware moment, counted from 1970 (RFC 6238 section 4.2); whole numbers, past 2106 as well."""
    if at.tzinfo is None or at < EPOCH:
        raise ValueError("a step needs a moment with a time zone, not before 1970")
    return (at - EPOCH) // timedelta(seconds=period)


def is_code(text: str, digits: int) -> bool:
    """Exactly that many ASCII digits and nothing else: no sign, space, line end or digit of another script."""
    return re.fullmatch(rf"[0-9]{{{digits}}}", text) is not None


def code_at(seed: bytes, parameters: Parameters, step: int) -> str:
    """What the device with this seed shows in this step; ValueError for seeds under 14 bytes (pyotp's floor)."""
    return _generator(seed, parameters).generate_otp(step)


def match(seed: bytes, parameters: Parameters, code: str, *, around: int, window: int, drift: int) -> int | None:
    """The step within `window` steps of `around + drift` whose code this is, or None.

    Every step is computed and compared, whatever matched before, so time tells nothing about where. Should two
    steps share a code by chance, the one nearest the centre counts, because drift is learnt from the answer and a
    distant chance must not drag it away; of two equally near the later, because consuming it burns both.
    """
    centre = around + drift
    return _nearest(_hits(seed, parameters, code, centre - window, centre + window), centre)


def match_pair(
    seed: bytes, parameters: Parameters, first: str, second: str, *, around: int, window: int, drift: int
) -> int | None:
    """The step of `second` where `first` and `second` follow each other inside the window, or None.

    For first use and time correction (RFC 6238 section 6), where one code alone would be too easily guessed.
    """
    centre = around + drift
    firsts = _hits(seed, parameters, first, centre - window, centre + window)
    seconds = _hits(seed, parameters, second, centre - window, centre + window)
    return _nearest({step for step in seconds if step - 1 in firsts}, centre)


def learn_drift(current: int, observed: int, cap: int) -> int:
    """The drift to remember, in steps within ±`cap`, after a code was found `observed` steps off the drifted centre."""
    return max(-cap, min(cap, current + observed))


def _hits(seed: bytes, parameters: Parameters, code: str, oldest: int, newest: int) -> set[int]:
    if not is_code(code, parameters.digits):
        return set()
    asked = code.encode("ascii")
    return {step for step, shown in _codes(seed, parameters, oldest, newest) if hmac.compare_digest(shown, asked)}


def _codes(seed: bytes, parameters: Parameters, oldest: int, newest: int) -> Iterator[tuple[int, bytes]]:
    generator = _generator(seed, parameters)
    for step in range(max(0, oldest), newest + 1):
        yield step, generator.generate_otp(step).encode("ascii")


def _nearest(steps: set[int], centre: int) -> int | None:
    return min(steps, key=lambda step: (abs(step - centre), -step), default=None)


def _generator(seed: bytes, parameters: Parameters) -> pyotp.OTP:
    # pyotp's own verify() folds full-width digits into ASCII before it compares: only its arithmetic is used here
    secret = base64.b32encode(seed).decode("ascii")
    return pyotp.OTP(secret, digits=parameters.digits, digest=_DIGESTS[parameters.algorithm])
