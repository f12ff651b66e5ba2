"""A small HTTP/1.1 JSON server: connections are kept, bad input gets a coded 4xx, nothing personal is logged."""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import UUID

from nh_otp.errors import Unavailable
from nh_otp.gateways import Refused

LARGEST_BODY = 64 * 1024  # bytes
IDLE_SECONDS = 75.0
log = logging.getLogger(__name__)


class BadInput(Exception):
    """The question itself is wrong; answered with `status` and `code`."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@dataclass(frozen=True, slots=True)
class Request:
    """One question, unpacked: `segments` are the parts of the path, names in `headers` are in small letters."""

    method: str
    segments: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> dict[str, Any]:
        """The object in the body. Only JSON is read, so that no page elsewhere can post here unasked."""
        if self.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise BadInput("body.not_json", 415)
        try:
            read = json.loads(self.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise BadInput("body.malformed") from None
        if not isinstance(read, dict):
            raise BadInput("body.not_an_object")
        return read

    def message_id(self) -> UUID:
        try:
            return UUID(self.headers.get("idempotency-key", ""))
        except ValueError:
            raise BadInput("message_id.malformed") from None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, ready to be sent."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


App = Callable[[Request], Answer]


def as_json(content: object, status: int = 200) -> Answer:
    return Answer(json.dumps(content, ensure_ascii=False).encode(), status)


def text_of(about: Mapping[str, Any], name: str, *, longest: int, lines: bool = False) -> str:
    """A field that must be a printable, non-empty text; of several lines only if `lines`."""
    value = about.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadInput(f"{name}.malformed")
    if not (value.replace("\n", " ") if lines else value).isprintable():
        raise BadInput(f"{name}.malformed")
    return value


def answered(app: App, request: Request) -> Answer:
    """Run the app; whatever it raises becomes a coded answer."""
    try:
        return app(request)
    except BadInput as wrong:
        return as_json({"code": wrong.code}, wrong.status)
    except Refused as refused:
        return as_json({"code": refused.code}, 409)
    except Unavailable as down:
        return as_json({"code": down.code}, 503)
    except Exception as error:
        log.error("simulator.broke: %s", type(error).__name__)
        return as_json({"code": "internal"}, 500)


class Handler(BaseHTTPRequestHandler):
    """Unpacks one request after another from a kept connection."""

    protocol_version = default_request_version = "HTTP/1.1"
    server_version, sys_version = "simulator", ""
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave together; apart, a kept connection waits 40 ms for an acknowledgement
    server: SimulatorServer

    def do_GET(self) -> None:
        try:
            request = self._request()
        except BadInput as wrong:
            self.close_connection = True
            self._send(as_json({"code": wrong.code}, wrong.status))
            return
        self._send(answered(self.server.app, request))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the parser of the request line or the headers refuses; its fault is the client's."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            self._send(as_json({"code": "method.not_allowed"}, 405))
        else:
            self._send(as_json({"code": "request.malformed"}, code if code < 500 else 400))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses contain serials."""

    def _request(self) -> Request:
        target = urlsplit(self.path)
        return Request(
            method=self.command,
            segments=tuple(unquote(part) for part in target.path.split("/") if part),
            query=dict(parse_qsl(target.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
        )

    def _body(self) -> bytes:
        declared = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            raise BadInput("body.length_required", 411)
        if not (declared.isascii() and declared.isdigit()):
            raise BadInput("body.length_malformed")
        if len(declared) > 9 or int(declared) > LARGEST_BODY:
            raise BadInput("body.too_large", 413)
        body = self.rfile.read(int(declared))
        if len(body) < int(declared):
            raise BadInput("body.cut_off")
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)


class SimulatorServer(ThreadingMixIn, TCPServer):
    """Serves one app on one port (0: a free one), a thread per connection; `stop` ends kept connections as well."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, app: App, *, port: int = 0, host: str = "127.0.0.1") -> None:
        self.app = app
        self._open: set[socket.socket] = set()
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        host, port = self.socket.getsockname()[:2]
        return f"http://{host}:{port}"

    def start(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            _hang_up(connection)

    def finish_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A peer that went away is no news; anything else is named without its words."""
        error = sys.exception()
        if not isinstance(error, OSError):
            log.error("simulator.connection_broke: %s", type(error).__name__)


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the peer was faster


def _no_constant(name: str) -> float:
    raise ValueError(name)
