"""The carrier, simulated: an inbox that the demo shows, one text per message id."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from nh_otp.gateways.otp_centre import Receipt
from nh_otp.gateways.simulators.behaviour import Behaviour, Pause, give_up
from nh_otp.gateways.simulators.ledger import Clock, Entry, Ledger
from nh_otp.gateways.simulators.pages import escape, page, seoul_time, stylesheet
from nh_otp.gateways.simulators.server import Answer, App, BadInput, Request, as_json, text_of
from nh_otp.gateways.sms import Text

SHOWN = 200  # texts
_NUMBER = re.compile(r"\+?[0-9][0-9-]{6,18}[0-9]")


class SmsSimulator:
    """Usable in process as the adapter itself."""

    def __init__(
        self, state: Path | None = None, *, clock: Clock = lambda: datetime.now(UTC), pause: Pause = give_up
    ) -> None:
        self.behaviour = Behaviour(pause)
        self.ledger = Ledger(state, prefix="SM", clock=clock)

    def send(self, text: Text, *, message_id: UUID) -> Receipt:
        content = {"to": text.to, "body": text.body}
        return self.behaviour.deliver(lambda: self.ledger.take(message_id, content, lambda: None))

    def inbox(self) -> list[Entry]:
        """The last texts, newest first."""
        return list(self.ledger.effects())[: -SHOWN - 1 : -1]


def app(core: SmsSimulator) -> App:
    """POST /messages · GET / (a page) · GET /inbox · GET /log · POST /behaviour · GET /healthz."""

    def route(request: Request) -> Answer:
        match request.method, *request.segments:
            case "POST", "messages":
                return _sent(core, request)
            case "POST", "behaviour":
                core.behaviour.switch(request.json())
                return as_json({"mode": core.behaviour.mode})
            case "GET", *segments:
                return _shown(core, tuple(segments))
            case _:
                raise BadInput("address.unknown", 404)

    return route


def in_process() -> SmsSimulator:
    """The carrier as an adapter without a server, for unit tests."""
    return SmsSimulator()


def _sent(core: SmsSimulator, request: Request) -> Answer:
    message = request.json()
    to, body = text_of(message, "to", longest=20), text_of(message, "body", longest=2000, lines=True)
    if not _NUMBER.fullmatch(to):
        raise BadInput("to.malformed")
    receipt = core.send(Text(to=to, body=body), message_id=request.message_id())
    return as_json({"number": receipt.number, "at": receipt.at.isoformat()})


def _shown(core: SmsSimulator, segments: tuple[str, ...]) -> Answer:
    match segments:
        case ():
            return _inbox_page(core.inbox())
        case ("inbox",):
            return as_json({"texts": [{"at": entry["at"], **entry["content"]} for entry in core.inbox()]})
        case ("log",):
            return as_json({"messages": core.ledger.log()})
        case ("style.css",):
            return stylesheet()
        case ("healthz",):
            return as_json({"status": "ok"})
        case _:
            raise BadInput("address.unknown", 404)


def _inbox_page(texts: list[Entry]) -> Answer:
    rows = "".join(
        f'<li class="text"><p class="about"><b class="num">{escape(text["content"]["to"])}</b>'
        f'<time class="num">{seoul_time(text["at"])}</time></p>'
        f'<p class="body">{escape(text["content"]["body"])}</p></li>'
        for text in texts
    )
    inbox = f'<ul class="texts">{rows}</ul>' if texts else '<p class="empty">아직 도착한 문자가 없습니다.</p>'
    lead = '<p class="lead">시연용 고객 휴대전화입니다. 은행이 보낸 문자가 여기에 도착합니다.</p>'
    return page("문자 수신함", lead + inbox, refresh=5)
