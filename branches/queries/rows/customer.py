"""Rows of search (1010), the customer page (1100) and the loss panel (1110)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from nh_otp.shown import Choice, Serial, Status, TimelineRow


@dataclass(frozen=True, slots=True)
class CustomerMatch:
    """One of at most five people a search found."""

    ref: UUID
    name: str
    birth_year: str
    gender: str
    branch: str
    device: Status | None
    last_visit_on: date | None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """`searched` is False on the empty page; what was typed is never given back."""

    searched: bool
    matches: tuple[CustomerMatch, ...] = ()
    too_many: bool = False
    says: str = ""  # why the input was not enough, in one sentence


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device registered to the customer."""

    ref: UUID
    kind: str
    serial: Serial
    status: Status
    registered_on: date | None
    valid_until: date | None
    last_used_on: date | None
    wrong_codes: int
    elsewhere: int
    can_suspend: bool
    offer: Choice | None = None  # 오류해제, 시각 보정


@dataclass(frozen=True, slots=True)
class LossReportRow:
    ref: UUID
    number: str  # "L-261123-000392"
    kind: str  # "분실"
    received_at: datetime
    receiver: str
    device_kind: str
    serial: Serial
    status: Status
    case: UUID | None = None
    can_open_case: bool = False
    reason: str = ""  # the reissue reason that fits: LOST, STOLEN, LEAKED
    device: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenCaseRow:
    ref: UUID
    number: str
    reason: str
    state: Status
    teller: str


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One line among a customer's services."""

    ref: UUID
    number: str  # "S-261123-000012"
    kind: str  # "오류해제"
    state: Status
    serial: Serial
    opened_at: datetime
    teller: str
    visible: bool  # a colleague's branch keeps its own


@dataclass(frozen=True, slots=True)
class CustomerPage:
    ref: UUID
    customer_no: str
    name: str
    birth: str
    gender: str
    phone: str
    account: str
    branch: str
    devices: tuple[DeviceRow, ...]
    reports: tuple[LossReportRow, ...]
    cases: tuple[OpenCaseRow, ...]
    timeline: tuple[TimelineRow, ...]
    services: tuple[ServiceRow, ...] = ()
    warnings: tuple[str, ...] = ()  # "90일 안에 재발급한 적이 있습니다."
    stop: str = ""  # a hard stop in one sentence: no case may be opened
    kinds: tuple[Choice, ...] = ()  # LOST, STOLEN, LEAKED; LOST chosen
    reporters: tuple[Choice, ...] = ()  # SELF, FAMILY, INSTITUTION; SELF chosen
    reasons: tuple[Choice, ...] = ()  # reissue reasons that need no report; empty: none may be started
    reported: LossReportRow | None = None  # just filed: shown first, with 이어서 재발급

    @property
    def suspendable(self) -> tuple[DeviceRow, ...]:
        return tuple(device for device in self.devices if device.can_suspend)
