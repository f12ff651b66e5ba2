"""The verifier process: a small WSGI application that answers in JSON, for `gunicorn nh_otp.verifier_app`."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import sys
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, TypeVar
from urllib.parse import parse_qs

import django
import structlog

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nh_otp.settings")
django.setup()

from django.conf import settings  # noqa: E402 – what follows needs the apps
from django.core.exceptions import ImproperlyConfigured  # noqa: E402 – as above
from django.db import Error, close_old_connections, connection  # noqa: E402 – as above

from devices import verifier  # noqa: E402 – as above
from nh_otp.doors import status_of  # noqa: E402 – as above
from nh_otp.errors import DomainError, NotFound, Unavailable  # noqa: E402 – as above
from nh_otp.gateways.otp_verifier import LotHeader, OtpVerifier, Verdict  # noqa: E402 – as above
from nh_otp.verifier_app.fields import LONGEST_QUESTION, code_check, code_pair, header, object_of, uuid  # noqa: E402 – as above

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PIECE: Final = 64 * 1024  # bytes
LONGEST_REST: Final = 500 * 1000 * 1000  # bytes of a refused file that are still taken off the wire
PR_SET_DUMPABLE: Final = 4
JSON: Final = "application/json"

log = structlog.get_logger("nh_otp.verifier")


class NoSuchAddress(NotFound):
    code, message = "verifier.no_such_address", "없는 주소입니다."


class NothingStanding(NotFound):
    code, message = "verification.none", "사용할 수 있는 검증이 없습니다."


class Fault(Unavailable):
    code, message = "verifier.fault", "번호를 확인하지 못했습니다. 잠시 후 다시 시도해 주십시오."


class Answer(NamedTuple):
    status: int
    body: Mapping[str, object]


class VerifierApp:
    """Plain WSGI, no middleware: one question, one answer, and never a traceback."""

    def __init__(self, answering: OtpVerifier) -> None:
        self._verifier = answering
        self._routes: Mapping[tuple[str, str], Callable[[WSGIEnvironment], Answer]] = {
            ("POST", "/check"): self._check,
            ("POST", "/resync"): self._resync,
            ("POST", "/settle"): self._settle,
            ("GET", "/standing"): self._standing,
            ("POST", "/lots"): self._seal_lot,
            ("POST", "/lots/check"): self._check_lot,
            ("GET", "/healthz"): lambda _: Answer(200, {"status": "ok"}),
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._answer(environ)
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        status = f"{answer.status} {HTTPStatus(answer.status).phrase}"
        start_response(status, [("Content-Type", JSON), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        try:
            return self._route(environ)(environ)
        except DomainError as refusal:
            return _refused(refusal)
        except Error:
            log.warning("verifier.database_failed", exc_info=sys.exc_info())
        except Exception:
            log.error("verifier.failed", exc_info=sys.exc_info())
        return _refused(Fault())

    def _route(self, environ: WSGIEnvironment) -> Callable[[WSGIEnvironment], Answer]:
        route = self._routes.get((environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")))
        if route is None:
            raise NoSuchAddress()
        return route

    def _check(self, environ: WSGIEnvironment) -> Answer:
        return _verdict(self._verifier.check(code_check(_body(environ))))

    def _resync(self, environ: WSGIEnvironment) -> Answer:
        return _verdict(self._verifier.resync(code_pair(_body(environ))))

    def _settle(self, environ: WSGIEnvironment) -> Answer:
        self._verifier.settle_service(uuid(object_of(_body(environ), {"service"})["service"]))
        return Answer(200, {})

    def _standing(self, environ: WSGIEnvironment) -> Answer:
        asked = parse_qs(environ.get("QUERY_STRING", ""))
        device, subject = (uuid(asked.get(name, [None])[0]) for name in ("device", "subject"))
        found = self._verifier.standing(device=device, subject=subject)
        if found is None:
            raise NothingStanding()
        return _verdict(found)

    def _seal_lot(self, environ: WSGIEnvironment) -> Answer:
        receipt = _with_lot(environ, self._verifier.seal_lot)
        return Answer(201, {"lot": str(receipt.lot), "devices": receipt.devices})

    def _check_lot(self, environ: WSGIEnvironment) -> Answer:
        found = _with_lot(environ, self._verifier.check_lot)
        accepted = [(*row[:4], row.valid_from.isoformat(), row.valid_until.isoformat()) for row in found.accepted]
        return Answer(
            200,
            {
                "accepted": accepted,
                "refused": found.refused,
                "file_error": found.file_error,
                "digest": found.digest,
            },
        )


Found = TypeVar("Found")


def _body(environ: WSGIEnvironment) -> bytes:
    raw: bytes = environ["wsgi.input"].read(LONGEST_QUESTION + 1)
    return raw


def _with_lot(environ: WSGIEnvironment, do: Callable[[LotHeader, BinaryIO], Found]) -> Found:
    """Hand header and file on; who is still sending when it ends would hear no answer, so the rest is read too."""
    stream: BinaryIO = environ["wsgi.input"]
    try:
        return do(header(stream.readline(LONGEST_QUESTION + 1)), stream)
    finally:
        _take_off_the_wire(stream)


def _refused(refusal: DomainError) -> Answer:
    return Answer(status_of(refusal), {"code": refusal.code, "message": refusal.message})


def _verdict(verdict: Verdict) -> Answer:
    row = str(verdict.verification) if verdict.verification else None
    said = {"outcome": verdict.outcome, "verification": row, "tries_left": verdict.tries_left}
    return Answer(200, said | {"drift_seconds": verdict.drift_seconds, "neighbour": verdict.neighbour})


def _take_off_the_wire(stream: BinaryIO) -> None:
    taken = 0
    while taken < LONGEST_REST and (piece := stream.read(PIECE)):
        taken += len(piece)


def drop_dead_connection() -> None:
    """A database that restarted has hung up already: notice it before a question is lost on it."""
    known = connection.connection
    if known is not None and (known.closed or _has_something_to_say(known.fileno())):
        connection.close()


def _has_something_to_say(idle: int) -> bool:
    poll = select.poll()
    poll.register(idle, select.POLLIN)
    return bool(poll.poll(0))


def keep_memory_private() -> None:
    """No core file, and no other process of this account may look into our memory (Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)


def tended(app: WSGIApplication) -> WSGIApplication:
    """Each thread keeps its database connection as long as it works."""

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        drop_dead_connection()
        try:
            return app(environ, start_response)
        finally:
            close_old_connections()

    return answered


def start() -> WSGIApplication:
    """Open the seed ring and prove that it works. Raises ImproperlyConfigured, so that no server starts without."""
    keep_memory_private()
    if not settings.SEED_KEYS_FILE:
        raise ImproperlyConfigured("NH_OTP_SEED_KEYS_FILE must name the seed ring of the verifier")
    return tended(VerifierApp(verifier.in_process()))


application = start()
