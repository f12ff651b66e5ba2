"""Texts over HTTP; every message carries its id as Idempotency-Key."""

from __future__ import annotations

from uuid import UUID

from nh_otp.gateways.http.otp_centre import receipt
from nh_otp.gateways.http.transport import Transport
from nh_otp.gateways.otp_centre import Receipt
from nh_otp.gateways.sms import Sms, Text


class HttpSms:
    """`budget` is seconds for one text."""

    def __init__(self, url: str, *, budget: float = 5.0) -> None:
        self._transport = Transport("sms", url, budget=budget)

    def close(self) -> None:
        self._transport.close()

    def send(self, text: Text, *, message_id: UUID) -> Receipt:
        return receipt(self._transport, "/messages", {"to": text.to, "body": text.body}, message_id)


def configured() -> Sms:
    """The carrier at `settings.GATEWAY_URLS["sms"]`."""
    from django.conf import settings

    return HttpSms(settings.GATEWAY_URLS["sms"])
