"""The shared OTP centre (OTP 통합인증센터): tell it what became of a device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """How all institutions name one device; the serial is text with its leading zeros."""

    vendor: str
    serial: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side's number for a message and when it took effect; a repeated message gets the first one."""

    number: str
    at: datetime


class OtpCentre(Protocol):
    """Every verb is idempotent by `message_id`; failures are Refused (terminal) and Unavailable (send again)."""

    def suspend(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        """Stop accepting codes of this device everywhere (사고신고)."""

    def register(self, *, device: DeviceKey, customer_key: str, message_id: UUID) -> Receipt:
        """Accept codes of this device for this customer from now on (사용등록)."""

    def retire(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        """End this device for good (해지)."""

    def reset_errors(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        """Forget the wrong codes of this device and accept its codes again (오류해제)."""
