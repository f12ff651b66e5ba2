"""Texts to customers (문자·알림톡)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from nh_otp.gateways.otp_centre import Receipt


@dataclass(frozen=True, slots=True)
class Text:
    """One text to one registered phone number; neither is ever shown in a log."""

    to: str = field(repr=False)
    body: str = field(repr=False)


class Sms(Protocol):
    def send(self, text: Text, *, message_id: UUID) -> Receipt:
        """Hand one text to the carrier, once per `message_id`; Refused is terminal, Unavailable means send again."""
