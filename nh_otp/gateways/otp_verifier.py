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
    NEEDS_DECISION = "NEEDS_DECISION"


class Purpose(StrEnum):
    """What a code is checked for; each says in which state device and subject must be."""

    FIRST_CODE = "FIRST_CODE"
    RESYNC = "RESYNC"
    UNLOCK = "UNLOCK"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """One code for one device in one case; `once` makes a repeated question the same question."""

    device: UUID
    case: UUID
    code: str = field(repr=False)
    once: str
    staff_no: str
    purpose: Purpose = Purpose.FIRST_CODE


@dataclass(frozen=True, slots=True)
class CodePair:
    """Two consecutive codes of one device, for one purpose and subject."""

    device: UUID
    purpose: Purpose
    subject: UUID
    first: str = field(repr=False)
    second: str = field(repr=False)
    once: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `verification` is the row that registration consumes, on MATCH only."""

    outcome: Outcome
    verification: UUID | None
    tries_left: int
    drift_seconds: int | None = None


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

    def resync(self, pair: CodePair) -> Verdict:
        """Check two consecutive codes and learn how far the clock is off; beyond the cap NEEDS_DECISION."""

    def settle_service(self, service: UUID) -> None:
        """Act on the decided row of a service: forget wrong codes, or correct the clock. May be repeated."""

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        """Stream a PSKC file (RFC 6030) into sealed seeds, all or nothing; Refused names what is wrong with it."""
