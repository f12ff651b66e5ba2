"""Things as programs are told of them: codes instead of words, references, masked values, moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    ref: UUID
    kind: str
    serial: str  # the last four digits
    state: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class LossRecord:
    ref: UUID
    number: str
    customer: UUID
    kind: str
    channel: str
    reporter: str
    received_at: datetime
    claimed_at: datetime | None
    devices: tuple[DeviceRecord, ...]


@dataclass(frozen=True, slots=True)
class IdentityRecord:
    document: str
    result: str
    name_matched: bool
    birth_matched: bool
    photo_matched: bool
    transaction_id: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """A request for approval: what became of it."""

    state: str
    flags: tuple[str, ...]
    maker: str
    requested_at: datetime
    lapses_at: datetime
    decider: str
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class FeeRecord:
    won: int
    sentence: str
    state: str
    method: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    ref: UUID
    number: str
    state: str
    reason: str
    kind: str
    channel: str
    customer: UUID
    customer_name: str
    owner: str
    old_device: DeviceRecord | None
    new_device: DeviceRecord | None
    loss_report: UUID | None
    identity: IdentityRecord | None
    documents: tuple[str, ...]
    fee: FeeRecord
    request: RequestRecord | None
    end_reason: str
    opened_at: datetime
    assigned_at: datetime | None
    approved_at: datetime | None
    registered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    ref: UUID
    number: str
    state: str
    reason: str
    kind: str
    customer_name: str
    owner: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class CaseLines:
    """A page of open cases; `cursor` leads to the next one."""

    cases: tuple[CaseLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    ref: UUID
    number: str
    name: str
    birth: str
    gender: str
    phone: str
    account: str
    branch: str
    devices: tuple[DeviceRecord, ...]
    loss_reports: tuple[LossRecord, ...]
    cases: tuple[CaseLine, ...]


@dataclass(frozen=True, slots=True)
class MatchRecord:
    """One of the few people a search found."""

    ref: UUID
    name: str
    birth_year: int
    gender: str
    branch: str


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """An unlock or a time correction for a device in its customer's hand."""

    ref: UUID
    number: str
    kind: str
    state: str
    customer: UUID
    customer_name: str
    owner: str
    device: DeviceRecord
    identity: IdentityRecord | None
    proven: bool  # the device's codes matched
    shift_seconds: int | None
    request: RequestRecord | None
    end_reason: str
    opened_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """One request of the branch, about a case or a device service."""

    asks: str
    case: UUID | None
    service: UUID | None
    number: str
    customer: UUID
    reason: str
    kind: str
    customer_name: str
    maker: str
    flags: tuple[str, ...]
    requested_at: datetime
    lapses_at: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """One request as its decider is shown it; `seen` is what an approval must send back."""

    request: WaitingRecord
    content: dict[str, object]
    flags: tuple[str, ...]
    seen: str
    changed: bool  # since it was requested: can be sent back, not approved
