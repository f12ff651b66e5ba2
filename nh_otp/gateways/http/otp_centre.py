"""The shared OTP centre over HTTP; every message carries its id as Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from nh_otp.gateways.http.transport import Json, Transport
from nh_otp.gateways.otp_centre import DeviceKey, OtpCentre, Receipt


class HttpOtpCentre:
    """`budget` is seconds for one message."""

    def __init__(self, url: str, *, budget: float = 5.0) -> None:
        self._transport = Transport("otp_centre", url, budget=budget)

    def close(self) -> None:
        self._transport.close()

    def suspend(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self._tell("suspend", device, {}, message_id)

    def register(self, *, device: DeviceKey, customer_key: str, message_id: UUID) -> Receipt:
        return self._tell("register", device, {"customer_key": customer_key}, message_id)

    def retire(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self._tell("retire", device, {}, message_id)

    def reset_errors(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self._tell("reset_errors", device, {}, message_id)

    def _tell(self, verb: str, device: DeviceKey, about: Json, message_id: UUID) -> Receipt:
        path = f"/devices/{quote(device.vendor, safe='')}/{quote(device.serial, safe='')}/{verb}"
        return receipt(self._transport, path, about, message_id)


def receipt(transport: Transport, path: str, message: Json, message_id: UUID) -> Receipt:
    """Deliver one message that may safely be delivered twice, and read its receipt."""
    answer = transport.ask(path, message, message_id=str(message_id), idempotent=True)
    with transport.understood():
        return Receipt(number=str(answer["number"]), at=datetime.fromisoformat(answer["at"]))


def configured() -> OtpCentre:
    """The centre at `settings.GATEWAY_URLS["otp_centre"]`."""
    from django.conf import settings

    return HttpOtpCentre(settings.GATEWAY_URLS["otp_centre"])
