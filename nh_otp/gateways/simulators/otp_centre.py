"""The shared OTP centre, simulated: keeps the state of every device it hears of, and one effect per message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from nh_otp.gateways import Refused
from nh_otp.gateways.otp_centre import DeviceKey, Receipt
from nh_otp.gateways.simulators.behaviour import Behaviour, Pause, give_up
from nh_otp.gateways.simulators.ledger import Clock, Ledger
from nh_otp.gateways.simulators.server import Answer, App, BadInput, Request, as_json, text_of


class Verb(StrEnum):
    """What can be told about a device; the value is the last part of the address."""

    SUSPEND = "suspend"
    REGISTER = "register"
    RETIRE = "retire"
    RESET_ERRORS = "reset_errors"


class OtpCentreSimulator:
    """Usable in process as the adapter itself. A device it never heard of is one of another institution's."""

    def __init__(
        self, state: Path | None = None, *, clock: Clock = lambda: datetime.now(UTC), pause: Pause = give_up
    ) -> None:
        self.behaviour = Behaviour(pause)
        self.ledger = Ledger(state, prefix="OC", clock=clock)
        self._standing: dict[DeviceKey, Verb] = {}
        for entry in self.ledger.effects():
            about = entry["content"]
            self._standing[DeviceKey(about["vendor"], about["serial"])] = Verb(about["verb"])

    def suspend(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self.tell(Verb.SUSPEND, device, {}, message_id)

    def register(self, *, device: DeviceKey, customer_key: str, message_id: UUID) -> Receipt:
        return self.tell(Verb.REGISTER, device, {"customer_key": customer_key}, message_id)

    def retire(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self.tell(Verb.RETIRE, device, {}, message_id)

    def reset_errors(self, *, device: DeviceKey, message_id: UUID) -> Receipt:
        return self.tell(Verb.RESET_ERRORS, device, {}, message_id)

    def tell(self, verb: Verb, device: DeviceKey, about: Mapping[str, str], message_id: UUID) -> Receipt:
        """One message under the behaviour of the day; Refused after the end of a device, or where nothing is reset."""

        def rule() -> None:
            if self._standing.get(device) is Verb.RETIRE:
                raise Refused("device.retired")
            if verb is Verb.RESET_ERRORS and self._standing.get(device) is Verb.SUSPEND:
                raise Refused("device.suspended")
            self._standing[device] = verb

        content = {"vendor": device.vendor, "serial": device.serial, "verb": verb.value, **about}
        return self.behaviour.deliver(lambda: self.ledger.take(message_id, content, rule))


def app(core: OtpCentreSimulator) -> App:
    """POST /devices/{vendor}/{serial}/{verb} · GET /log · POST /behaviour · GET /healthz."""

    def route(request: Request) -> Answer:
        match request.method, *request.segments:
            case "POST", "devices", vendor, serial, verb:
                device = {"vendor": vendor, "serial": serial}
                return _told(core, verb, DeviceKey(*(text_of(device, part, longest=64) for part in device)), request)
            case "GET", "log":
                return as_json({"messages": core.ledger.log()})
            case "POST", "behaviour":
                core.behaviour.switch(request.json())
                return as_json({"mode": core.behaviour.mode})
            case "GET", "healthz":
                return as_json({"status": "ok"})
            case _:
                raise BadInput("address.unknown", 404)

    return route


def in_process() -> OtpCentreSimulator:
    """The centre as an adapter without a server, for unit tests."""
    return OtpCentreSimulator()


def _told(core: OtpCentreSimulator, verb: str, device: DeviceKey, request: Request) -> Answer:
    if verb not in set(Verb):
        raise BadInput("verb.unknown", 404)
    message: dict[str, Any] = request.json()
    about = {"customer_key": text_of(message, "customer_key", longest=128)} if verb == Verb.REGISTER else {}
    receipt = core.tell(Verb(verb), device, about, request.message_id())
    return as_json({"number": receipt.number, "at": receipt.at.isoformat()})
