"""The ID authenticity service over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from nh_otp.errors import Unavailable
from nh_otp.gateways.http.transport import Transport
from nh_otp.gateways.id_authenticity import Authenticity, IdAnswer, IdAuthenticity, IdQuestion


class HttpIdAuthenticity:
    """Answers within `budget` seconds whatever happens: silence is the answer UNAVAILABLE."""

    def __init__(
        self, url: str, *, budget: float = 3.0, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._transport, self._clock = Transport("id_authenticity", url, budget=budget), clock

    def close(self) -> None:
        self._transport.close()

    def query(self, question: IdQuestion) -> IdAnswer:
        try:
            return self._ask(question)
        except Unavailable:
            return IdAnswer(Authenticity.UNAVAILABLE, transaction_id="", answered_at=self._clock())

    def _ask(self, question: IdQuestion) -> IdAnswer:
        answer = self._transport.ask(
            "/queries",
            {
                "kind": question.kind,
                "name": question.name,
                "birth_on": question.birth_on.isoformat(),
                "number_tail": question.number_tail,
                "issued_on": question.issued_on.isoformat() if question.issued_on else None,
            },
            idempotent=True,
        )
        with self._transport.understood():
            return IdAnswer(
                result=Authenticity(answer["result"]),
                transaction_id=str(answer["transaction_id"]),
                answered_at=datetime.fromisoformat(answer["answered_at"]),
            )


def configured() -> IdAuthenticity:
    """The service at `settings.GATEWAY_URLS["id_authenticity"]`."""
    from django.conf import settings

    return HttpIdAuthenticity(settings.GATEWAY_URLS["id_authenticity"])
