"""The two-set Hangul keyboard (두벌식, KS X 5002): what was meant when a hand typed in the other mode. Pure."""

from __future__ import annotations

from collections.abc import Mapping

CONSONANT_KEYS: Mapping[str, str] = dict(zip("qwertasdfgzxcv", "ㅂㅈㄷㄱㅅㅁㄴㅇㄹㅎㅋㅌㅊㅍ", strict=True))
SHIFTED: Mapping[str, str] = dict(zip("QWERT", "ㅃㅉㄸㄲㅆ", strict=True))
CLUSTERS: Mapping[str, str] = {
    "ㄳ": "ㄱㅅ",
    "ㄵ": "ㄴㅈ",
    "ㄶ": "ㄴㅎ",
    "ㄺ": "ㄹㄱ",
    "ㄻ": "ㄹㅁ",
    "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ",
    "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ",
    "ㅀ": "ㄹㅎ",
    "ㅄ": "ㅂㅅ",
}
"""An input method may draw two consonants typed one after the other together."""
CONSONANTS = frozenset("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")


def as_initials(text: str) -> str:
    """초성 as typed in Hangul mode (`ㄱㅅㅇ`, `ㄳㅇ`) or in English mode (`rtd`); empty when it is none."""
    loose = "".join(CLUSTERS.get(letter, letter) for letter in text)
    if loose and CONSONANTS.issuperset(loose):
        return loose
    keys = [SHIFTED.get(letter) or CONSONANT_KEYS.get(letter.lower()) for letter in text]
    return "".join(key or "" for key in keys) if keys and all(keys) else ""
