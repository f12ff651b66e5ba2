"""What of a person's data may be seen on a screen or on paper: masked on the server, never in a template."""

from __future__ import annotations

from datetime import date

STAR = "*"


def digits(text: str) -> str:
    """What of a number counts: 010-2345-3481 and 01023453481 are one."""
    return "".join(letter for letter in text if letter in "0123456789")


def name(full: str) -> str:
    """김*연 · 이* · 남**수 · M**** K**: the first and last syllable, or the first letter of each Latin word."""
    if full.isascii():
        return " ".join(_first(word) for word in full.split())
    letters = "".join(full.split())
    return _first(letters) if len(letters) < 3 else letters[0] + STAR * (len(letters) - 2) + letters[-1]


def _first(word: str) -> str:
    return word[:1] + STAR * max(1, len(word) - 1)


def phone(number: str) -> str:
    """010-****-3481: the prefix and the last four digits."""
    kept = digits(number)
    if len(kept) < 8:
        return STAR * 4
    prefix = kept[:2] if kept.startswith("02") else kept[:3]
    return f"{prefix}-****-{kept[-4:]}"


def account(number: str) -> str:
    """301-****-**82: the first three and the last two digits."""
    kept = digits(number)
    return f"{kept[:3]}-****-**{kept[-2:]}" if len(kept) >= 8 else STAR * 4


def customer_no(number: str) -> str:
    """K-20**-31: the first and last two digits of a customer number."""
    kept = digits(number)
    letters = "".join(letter for letter in number if letter.isalpha())
    shown = f"{kept[:2]}**-{kept[-2:]}" if len(kept) >= 5 else STAR * 4
    return f"{letters}-{shown}" if letters else shown


def birth(day: date) -> str:
    """1984**: the year alone."""
    return f"{day.year}**"
