"""The one box (F2): what was typed, understood. Pure; who is found is up to `branches.commands.customer`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from branches.models.customer import initials, normal
from branches.queries.keyboard import as_initials
from devices.custody import UnreadableSerial, normal_serial
from nh_otp.errors import Invalid
from nh_otp.masks import digits

SCREEN = re.compile(r"[0-9]{4}")
CASE_NUMBER = re.compile(r"RI-?([0-9]{6})-?([0-9]{6})", re.IGNORECASE)
NUMBER = re.compile(r"[0-9][0-9-]*")
SERIAL = re.compile(r"(?=.*[0-9])[0-9A-Z-]{9,}", re.IGNORECASE)
"""Longer than any day, a code of a device; no name has a digit in it."""
CENTURIES = (1900, 2000)


class Unreadable(Invalid):
    code, message = "search.unreadable", "입력하신 내용을 알아볼 수 없습니다. 아래 보기처럼 입력해 주십시오."


class TooFewFacts(Invalid):
    code, message = "search.too_few", "이름과 생년월일처럼 두 가지 이상을 입력해 주십시오."


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen number (화면번호)."""

    number: str


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A reissue number, in its printed form."""

    number: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person. A birth date of six digits may have two readings.

    `numbers` are those of 10 to 14 digits: each is an account or a device, by the devices that are known.
    """

    name: str = ""
    initials: str = ""
    births: tuple[date, ...] = ()
    phone: str = ""
    phone_tail: str = ""
    account: str = ""
    serial: str = ""
    numbers: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """Which independent kinds of facts these are; the facts themselves are never recorded."""
        known = {
            "name": self.name or self.initials,
            "birth": self.births,
            "phone": self.phone or self.phone_tail,
            "account": self.account or self.numbers,
            "serial": self.serial,
        }
        return tuple(kind for kind, fact in known.items() if fact)

    def read(self, *, devices: Collection[str]) -> Facts:
        """Each number taken for what it is: a device if it is among these serials, else an account."""
        serial = next((number for number in self.numbers if number in devices), self.serial)
        account = next((number for number in self.numbers if number not in devices), self.account)
        return replace(self, account=account, serial=serial, numbers=())

    def must_suffice(self) -> None:
        """Nobody browses: one fact alone finds nobody. Raises TooFewFacts."""
        if len(self.kinds) < 2:
            raise TooFewFacts()


Sought = Screen | CaseNumber | Facts


def understand(text: str, *, on: date) -> Sought:
    """Say what was typed into the box on a day. Raises Unreadable."""
    typed = text.strip()
    if SCREEN.fullmatch(typed):
        return Screen(typed)
    if number := CASE_NUMBER.fullmatch(typed):
        return CaseNumber(f"RI-{number[1]}-{number[2]}")
    return facts_in(typed.replace(",", " ").split(), on=on)


def facts_in(words: Sequence[str], *, on: date) -> Facts:
    """Facts from the separate words. Raises Unreadable."""
    coded = [word for word in words if NUMBER.fullmatch(word) or SERIAL.fullmatch(word)]
    facts = _named([word for word in words if word not in coded])
    for word in coded:
        facts = _with_number(facts, digits(word), on) if NUMBER.fullmatch(word) else _with_serial(facts, word)
    if not facts.kinds:
        raise Unreadable()
    return facts


def _named(letters: Sequence[str]) -> Facts:
    if len(letters) == 1 and (first := as_initials(letters[0])):
        return Facts(initials=initials(first))
    return Facts(name=normal("".join(letters)))


def _with_number(facts: Facts, number: str, on: date) -> Facts:
    if births := days_in(number, on=on):
        return replace(facts, births=births)
    if len(number) == 4:
        return replace(facts, phone_tail=number)
    if len(number) in (10, 11) and number.startswith("01"):
        return replace(facts, phone=number)
    if 10 <= len(number) <= 14:
        return replace(facts, numbers=(*facts.numbers, number))
    return _with_serial(facts, number)


def _with_serial(facts: Facts, text: str) -> Facts:
    try:
        serial = normal_serial(text)
    except UnreadableSerial:
        raise Unreadable() from None
    if not SERIAL.fullmatch(serial):
        raise Unreadable()
    return replace(facts, serial=serial)


def days_in(text: str, *, on: date) -> tuple[date, ...]:
    """The days that `840312` or `19840312` can mean, latest first; a day after `on` is none."""
    number = digits(text)
    if len(number) == 8:
        years: tuple[int, ...] = (int(number[:4]),)
    elif len(number) == 6:
        years = tuple(century + int(number[:2]) for century in CENTURIES)
    else:
        return ()
    days = (_day(year, int(number[-4:-2]), int(number[-2:])) for year in sorted(years, reverse=True))
    return tuple(day for day in days if day is not None and day <= on)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
