"""The ID authenticity service (신분증 진위확인): is this identity document genuine?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class Authenticity(StrEnum):
    """The issuer's answer; UNAVAILABLE when there was none in time."""

    GENUINE = "GENUINE"
    MISMATCH = "MISMATCH"
    REPORTED_LOST = "REPORTED_LOST"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class IdQuestion:
    """What the document says; `number_tail` is the part of its number that this kind is asked with."""

    kind: str
    name: str = field(repr=False)
    birth_on: date = field(repr=False)
    number_tail: str = field(repr=False)
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class IdAnswer:
    """The answer with the service's transaction id, which is empty when nothing answered."""

    result: Authenticity
    transaction_id: str
    answered_at: datetime


class IdAuthenticity(Protocol):
    def query(self, question: IdQuestion) -> IdAnswer:
        """Ask once, within 3 s; a service that is down or slow is the answer UNAVAILABLE, not an error."""
