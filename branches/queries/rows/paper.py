"""What goes on paper: masked like the screens, numbered by the record of prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nh_otp.shown import Serial


@dataclass(frozen=True, slots=True)
class Letterhead:
    entity: str  # 가온은행
    branch: str  # 세종로지점
    window: str
    staff: str
    printed_at: datetime
    print_number: str = ""  # "P-88213"; empty until prints are counted
    hotline: str = ""  # number for losses around the clock


@dataclass(frozen=True, slots=True)
class SuspendedDevice:
    kind: str
    serial: Serial  # masked


@dataclass(frozen=True, slots=True)
class LossReceipt:
    """사고신고 접수증, 80 mm."""

    head: Letterhead
    number: str
    name: str
    kind: str
    reporter: str
    received_at: datetime
    devices: tuple[SuspendedDevice, ...]
    customer: UUID
    claimed_at: datetime | None = None
    notified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseReceipt:
    """재발급 접수증 with the fee paid, 80 mm; one copy for the customer, one signed for the bank."""

    head: Letterhead
    case: UUID
    number: str
    name: str
    reason: str
    kind: str
    new_serial: Serial
    old_serial: Serial | None
    registered_at: datetime
    fee: int  # won
    fee_method: str
    transaction_no: str
    centre_pending: bool
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """OTP 기기 수령 안내문, A4."""

    head: Letterhead
    case: UUID
    number: str
    name: str
    kind: str
    new_serial: Serial
    old_serial: Serial | None
    issued_at: datetime
    centre_pending: bool = False
