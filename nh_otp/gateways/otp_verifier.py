"""The OTP verifier: is this the code of this device for this case, and seal this lot of seeds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, Protocol
from uuid import UUID


class Outcome(StrEnum):
    """What the verifier says about one code; every value is a recorded answer, never an error."""

    MATCH = "MATCH"
    WRONG = "WRONG"
    REUSED = "REUSED"
    DRIFTED = "DRIFTED"
    LOCKED = "LOCKED"
    EXPIRED = "EXPIRED"
    TRIES_USED = "TRIES_USED"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """One code for one device in one case; `once` makes a repeated question the same question."""

    device: UUID
    case: UUID
    code: str = field(repr=False)
    once: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `verification` is the row that registration consumes, on MATCH only."""

    outcome: Outcome
    verification: UUID | None
    tries_left: int


@dataclass(frozen=True, slots=True)
class LotHeader:
    """Whose devices a seed file brings, where they go, and the pre-shared key that opens it."""

    vendor: str
    product: str
    branch_code: str
    till: str | None
    key: bytes = field(repr=False)
    imported_by: str


@dataclass(frozen=True, slots=True)
class LotReceipt:
    """A sealed lot and how many devices it brought."""

    lot: UUID
    devices: int


class OtpVerifier(Protocol):
    def check(self, question: CodeCheck) -> Verdict:
        """Claim a try and check the code. Unavailable means: perhaps spent, never repeat, ask `standing`."""

    def standing(self, *, device: UUID, case: UUID) -> Verdict | None:
        """The unconsumed verification of this device and case, if there is one; never spends a try."""

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        """Stream a PSKC file (RFC 6030) into sealed seeds, all or nothing; Refused names what is wrong with it."""
