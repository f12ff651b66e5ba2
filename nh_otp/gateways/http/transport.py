"""JSON over kept connections to one gateway: one time budget per call, and no second sending unless it is harmless."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPResponse, Timeout
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, NewConnectionError, ProtocolError

from nh_otp.errors import Unavailable
from nh_otp.gateways import Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

JSON = "application/json"
Body = bytes | Iterable[bytes]
Json = dict[str, Any]

IDLE_LIMIT = 1.0  # seconds; below the 2 s after which gunicorn closes an idle connection, so nothing is sent into one
KEPT_CONNECTIONS = 32  # per gateway and process; more callers than that open connections that are not kept
_TRY_LATER = frozenset({408, 425, 429})
_CODE = re.compile(r"[a-z0-9_.]{1,64}")


class BudgetedSocket(socket.socket):
    """Gives up at one moment, in however many small pieces the answer arrives."""

    deadline = float("inf")

    def recv_into(self, buffer: WriteableBuffer, nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(max(self.deadline - monotonic(), 0.001))
        return super().recv_into(buffer, nbytes, flags)


class KeptConnection(HTTPConnection):
    """A connection, TCP or unix, that is not used again once the peer may be about to close it."""

    def __init__(self, *args: Any, socket_path: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._socket_path = socket_path
        self._answered_at = monotonic()

    @property
    def is_connected(self) -> bool:
        return monotonic() - self._answered_at < IDLE_LIMIT and super().is_connected

    def _new_conn(self) -> socket.socket:
        if not self._socket_path:
            return BudgetedSocket(fileno=super()._new_conn().detach())
        dialled = BudgetedSocket(socket.AF_UNIX)
        dialled.settimeout(self.timeout)
        try:
            dialled.connect(self._socket_path)
        except OSError as error:
            dialled.close()
            raise NewConnectionError(self, type(error).__name__) from error
        return dialled

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3, whose answers are its own class
        if isinstance(self.sock, BudgetedSocket) and self.timeout is not None:
            self.sock.deadline = monotonic() + self.timeout
        response = super().getresponse()
        self._answered_at = monotonic()
        return response


class KeptPool(HTTPConnectionPool):
    ConnectionCls = KeptConnection


def pool_for(url: str) -> KeptPool:
    """Connections to `http://host:port` or `http+unix://%2Fpath%2Fto%2Fsocket`; ValueError for anything else."""
    parts = urlsplit(url)
    if parts.path.strip("/") or not parts.netloc:
        raise ValueError("a gateway URL names a host or a socket and no path")
    if parts.scheme == "http":
        return KeptPool(str(parts.hostname), parts.port, maxsize=KEPT_CONNECTIONS)
    if parts.scheme == "http+unix":
        return KeptPool("localhost", maxsize=KEPT_CONNECTIONS, socket_path=unquote(parts.netloc))
    raise ValueError(f"no such kind of gateway URL: {parts.scheme}")


class Transport:
    """Speaks JSON with one gateway; `budget` is seconds for a whole call, connecting and a second sending included."""

    def __init__(self, gateway: str, url: str, *, budget: float) -> None:
        self._gateway, self._budget, self._pool = gateway, budget, pool_for(url)

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.close()

    def ask(self, path: str, question: Json, *, message_id: str = "", idempotent: bool = False) -> Json:
        """POST an object and return the object of the answer; a 4xx with a code is Refused, all else Unavailable."""
        headers = {"Idempotency-Key": message_id} if message_id else {}
        body = json.dumps(question).encode()
        status, answer = self.exchange("POST", path, body=body, headers=headers, idempotent=idempotent)
        if status >= 300:
            raise self.refusal(status, answer)
        return answer

    def exchange(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool = False,
        budget: float | None = None,
    ) -> tuple[int, Json]:
        """Send once (twice if idempotent and the connection broke); status below 500 and object of the answer."""
        ends = monotonic() + (budget or self._budget)
        sent = {"Content-Type": JSON, **(headers or {})}
        for last in (False, True) if idempotent else (True,):
            try:
                return self._read(self._pool.urlopen(method, path, body, sent, False, False, timeout=_left(ends)))
            except ProtocolError as broken:
                if last:
                    raise self.unavailable("broken") from broken
            except (HTTPError, OSError) as error:
                raise self.unavailable(type(error).__name__) from error
        raise AssertionError("the last sending returns or raises")

    def refusal(self, status: int, answer: Json) -> Refused | Unavailable:
        """What an answer other than 2xx means; without a code of theirs it was no answer from them."""
        code = answer.get("code")
        if isinstance(code, str) and _CODE.fullmatch(code) and 400 <= status < 500:
            return Refused(code)
        return self.unavailable(f"status {status}")

    def unavailable(self, why: str) -> Unavailable:
        return Unavailable(gateway=self._gateway, why=why)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """An answer that is not in the agreed form is no answer."""
        try:
            yield
        except (KeyError, TypeError, ValueError) as error:
            raise self.unavailable("not understood") from error

    def _read(self, response: BaseHTTPResponse) -> tuple[int, Json]:
        if response.status >= 500 or response.status in _TRY_LATER:
            raise self.unavailable(f"status {response.status}")
        with self.understood():
            answer = json.loads(response.data or b"{}")
        return response.status, cast(Json, answer) if isinstance(answer, dict) else {}


def _left(ends: float) -> Timeout:
    return Timeout(total=max(ends - monotonic(), 0.001))
