"""The OTP verifier: is this the code of this device for this case, and seal this lot of seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import BinaryIO, NamedTuple, Protocol
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
    """What a code is asked for; it decides which state of device and subject lets it be checked at all."""

    FIRST_CODE = "FIRST_CODE"
    UNLOCK = "UNLOCK"
    RESYNC = "RESYNC"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """One code for one device in one case or service; `once` makes a repeated question the same question."""

    device: UUID
    subject: UUID
    code: str = field(repr=False)
    once: str
    staff_no: str
    purpose: Purpose = Purpose.FIRST_CODE


@dataclass(frozen=True, slots=True)
class CodePair:
    """Two codes that one device showed one after the other: they tell how far its clock is off (RFC 6238 section 6)."""

    device: UUID
    subject: UUID
    first: str = field(repr=False)
    second: str = field(repr=False)
    once: str
    staff_no: str
    purpose: Purpose = Purpose.FIRST_CODE


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer; `verification` is the row that registration or a decision consumes, when the code was right.

    `drift_seconds` is how far the device's clock is ahead (negative: behind). `neighbour` says of a wrong code that
    another device of the same till shows it, and never which.
    """

    outcome: Outcome
    verification: UUID | None
    tries_left: int
    drift_seconds: int | None = None
    neighbour: bool = False


class LotFormat(StrEnum):
    """How a seed file is written."""

    PSKC = "PSKC"
    OATH_CSV = "OATH_CSV"


@dataclass(frozen=True, slots=True)
class LotHeader:
    """Whose devices a seed file brings, where they go, and the pre-shared key or passphrase that opens it.

    Without a product the devices' parameters tell which of the vendor's it is; `ref` is the number of the lot.
    """

    vendor: str
    product: str | None
    branch_code: str
    till: str | None
    key: bytes | None = field(repr=False)
    imported_by: str
    passphrase: str | None = field(default=None, repr=False)
    format: LotFormat = LotFormat.PSKC
    quarantined: bool = False
    ref: str = ""


@dataclass(frozen=True, slots=True)
class LotReceipt:
    """A sealed lot and how many devices it brought."""

    lot: UUID
    devices: int


class DeviceIn(NamedTuple):
    """A device that a seed file would bring in."""

    serial: str
    algorithm: str
    digits: int
    period: int
    valid_from: date
    valid_until: date


class RowOut(NamedTuple):
    """A row of a seed file that may not come in, and why."""

    row: int
    serial: str
    code: str
    message: str


class FileFault(NamedTuple):
    """Why no row of a seed file can be used."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LotCheck:
    """What would come in with a seed file, and what not; `digest` is the file's SHA-256."""

    accepted: Sequence[DeviceIn]
    refused: Sequence[RowOut]
    file_error: FileFault | None
    digest: str

    @property
    def is_good(self) -> bool:
        return bool(self.accepted) and not self.refused and self.file_error is None


class OtpVerifier(Protocol):
    def check(self, question: CodeCheck) -> Verdict:
        """Claim a try and check the code. Unavailable means: perhaps spent, never repeat, ask `standing`."""

    def resync(self, question: CodePair) -> Verdict:
        """Two codes in a row: costs no try at first use, and corrects the clock as far as no decision is needed."""

    def settle_service(self, service: UUID) -> None:
        """Act on an approved unlock or time correction; repeatable. Refused while nobody has decided."""

    def standing(self, *, device: UUID, subject: UUID) -> Verdict | None:
        """The unconsumed verification of this device and subject, if there is one; never spends a try."""

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        """Stream a seed file into sealed seeds, all or nothing; Refused names what is wrong with it."""

    def check_lot(self, header: LotHeader, body: BinaryIO) -> LotCheck:
        """Stream a seed file and say what sealing it would do; nothing is written, no destination needed."""
