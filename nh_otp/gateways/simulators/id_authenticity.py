"""The ID authenticity service, simulated: the day of issue decides the answer, and nothing personal is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from nh_otp.errors import Unavailable
from nh_otp.gateways.id_authenticity import Authenticity, IdAnswer, IdQuestion
from nh_otp.gateways.simulators.behaviour import Pause, give_up
from nh_otp.gateways.simulators.server import Answer, App, BadInput, Request, as_json, text_of

SLOW_SECONDS = 5.0  # past the 3 s that our adapter waits
MISMATCH, REPORTED_LOST, SLOW, DOWN = (1, 13), (1, 14), (1, 15), (1, 16)  # month and day of issue, of any year
_TAIL = re.compile(r"[0-9A-Za-z-]{0,20}")


class IdAuthenticitySimulator:
    """Usable in process as the adapter itself (`query`); the server asks `answer`, which may be late or fail."""

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), pause: Pause = give_up) -> None:
        self._clock, self._pause = clock, pause

    def query(self, question: IdQuestion) -> IdAnswer:
        try:
            return self.answer(question)
        except Unavailable:
            return IdAnswer(Authenticity.UNAVAILABLE, transaction_id="", answered_at=self._clock())

    def answer(self, question: IdQuestion) -> IdAnswer:
        """What the service says; Unavailable on the day it is down."""
        issued = question.issued_on
        day = (issued.month, issued.day) if issued else None
        if day == DOWN:
            raise Unavailable(why="down")
        if day == SLOW:
            self._pause(SLOW_SECONDS)
        answers = {MISMATCH: Authenticity.MISMATCH, REPORTED_LOST: Authenticity.REPORTED_LOST}
        result = answers.get(day, Authenticity.GENUINE) if day else Authenticity.GENUINE
        return IdAnswer(result, transaction_id=f"ID-{uuid4().hex[:12]}", answered_at=self._clock())


def app(core: IdAuthenticitySimulator) -> App:
    """POST /queries · GET /healthz."""

    def route(request: Request) -> Answer:
        match request.method, *request.segments:
            case "POST", "queries":
                return _said(core.answer(_question(request.json())))
            case "GET", "healthz":
                return as_json({"status": "ok"})
            case _:
                raise BadInput("address.unknown", 404)

    return route


def in_process() -> IdAuthenticitySimulator:
    """The service as an adapter without a server, for unit tests."""
    return IdAuthenticitySimulator()


def _question(asked: Mapping[str, Any]) -> IdQuestion:
    issued = asked.get("issued_on")
    return IdQuestion(
        kind=text_of(asked, "kind", longest=40),
        name=text_of(asked, "name", longest=100),
        birth_on=_day(asked, "birth_on"),
        number_tail=_tail(asked.get("number_tail")),
        issued_on=None if issued is None else _day(asked, "issued_on"),
    )


def _tail(value: object) -> str:
    """Part of a document's number; some kinds are asked without it."""
    if not isinstance(value, str) or not _TAIL.fullmatch(value):
        raise BadInput("number_tail.malformed")
    return value


def _day(asked: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(text_of(asked, name, longest=10))
    except ValueError:
        raise BadInput(f"{name}.malformed") from None


def _said(answer: IdAnswer) -> Answer:
    return as_json(
        {
            "result": answer.result,
            "transaction_id": answer.transaction_id,
            "answered_at": answer.answered_at.isoformat(),
        }
    )
