"""The one spelling of a serial, whichever way it was scanned, typed or written in a vendor's file. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from unicodedata import category

LONGEST: Final = 20  # characters
SEPARATORS: Final = frozenset(" -._/")
_INITIALS: Final = "r R s e E f a q Q t T d w W c z x v g"
_VOWELS: Final = "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
_FINALS: Final = "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g"
_SINGLE: Final = "r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g"
INITIALS: Final = _INITIALS.split()
VOWELS: Final = _VOWELS.split()
FINALS: Final = ["", *_FINALS.split()]
SINGLE: Final = [*_SINGLE.split(), *VOWELS]
"""Keys behind ㄱ … ㅣ (U+3131 … U+3163), in the order of Unicode."""
SYLLABLES: Final = 0xAC00
LETTERS: Final = 0x3131
KEYS: Final[Mapping[str, str]] = {chr(LETTERS + place): keys for place, keys in enumerate(SINGLE)}


def spelled(text: str) -> str:
    """Capitals and digits of a serial, leading zeros kept; empty when it is none.

    A scanner whose keyboard stood in Hangul mode (두벌식) is understood (ux.md 1.4); separators and what a scanner
    sends around a code are dropped. Anything else, wildcards and digits of other scripts too, makes it no serial.
    """
    if text.isascii() and text.isalnum():
        return text.upper() if len(text) <= LONGEST else ""
    kept = [_keys(letter) for letter in text if letter not in SEPARATORS and not _is_control(letter)]
    plain = "".join(kept).upper()
    return plain if plain.isascii() and plain.isalnum() and len(plain) <= LONGEST else ""


def passes_luhn(serial: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1 annex B); letters never pass."""
    if not serial.isascii() or not serial.isdigit():
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(serial))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def _keys(letter: str) -> str:
    """The keys a letter was typed with; of a syllable, those of its two or three letters."""
    place = ord(letter) - SYLLABLES
    if 0 <= place < len(INITIALS) * len(VOWELS) * len(FINALS):
        rest, final = divmod(place, len(FINALS))
        return INITIALS[rest // len(VOWELS)] + VOWELS[rest % len(VOWELS)] + FINALS[final]
    return KEYS.get(letter, letter)


def _is_control(letter: str) -> bool:
    return category(letter) in ("Cc", "Cf")
