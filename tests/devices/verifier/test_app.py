from __future__ import annotations

import io
import json
import uuid
from base64 import b64encode
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from devices.models import CodeCheck
from nh_otp import verifier_app
from nh_otp.gateways.otp_verifier import CodeCheck as Question
from nh_otp.gateways.otp_verifier import CodePair, LotCheck, LotHeader, LotReceipt, Outcome, Verdict
from tests.devices.verifier.desk import TRANSPORT_KEY, desk, made, product, pskc_file, verifier
from tests.factories.cast import branch

ROW = UUID("6f1c1b9e-0000-4000-8000-000000000001")
QUESTION = {
    "device": str(ROW),
    "subject": str(ROW),
    "purpose": "FIRST_CODE",
    "code": "123456",
    "once": str(ROW),
    "staff_no": "E1",
}


class Always:
    """A verifier that always says the same, or always breaks."""

    def __init__(self, breaks: Exception | None = None) -> None:
        self.breaks = breaks

    def check(self, question: Question) -> Verdict:
        if self.breaks:
            raise self.breaks
        return Verdict(Outcome.MATCH, ROW, 2)

    def resync(self, question: CodePair) -> Verdict:
        return Verdict(Outcome.MATCH, ROW, 2, drift_seconds=len(question.second) * 60)

    def settle_service(self, service: UUID) -> None:
        self.settled = service

    def standing(self, *, device: UUID, subject: UUID) -> Verdict | None:
        return None

    def seal_lot(self, header: LotHeader, body: Any) -> LotReceipt:
        return LotReceipt(ROW, len(body.read()))

    def check_lot(self, header: LotHeader, body: Any) -> LotCheck:
        return LotCheck([], [], None, body.read().hex())


def ask(app: verifier_app.VerifierApp, method: str, path: str, body: bytes = b"", query: str = "") -> tuple[int, Any]:
    """What a client of this application reads."""
    answered: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO(body)}
    answer = b"".join(app(environ, lambda status, headers, *_: answered.append(status)))  # type: ignore[arg-type]  # no writer
    return int(answered[0].split()[0]), json.loads(answer)


def lot_header(**changes: object) -> bytes:
    known: dict[str, object] = {
        "vendor": "101",
        "product": "HB",
        "branch_code": "001234",
        "till": None,
        "key": b64encode(TRANSPORT_KEY).decode(),
        "passphrase": None,
        "format": "PSKC",
        "quarantined": False,
        "ref": "",
        "imported_by": "system:test",
    }
    return json.dumps(known | changes).encode() + b"\n"


@pytest.mark.django_db
def test_a_code_is_checked_over_the_wire_and_its_verification_found_again() -> None:
    here, at = desk(), timezone.now()
    app = verifier_app.VerifierApp(verifier(at=at))
    question = here.asks(here.code(at))
    sent = {name: str(getattr(question, name)) for name in QUESTION}

    answer = ask(app, "POST", "/check", json.dumps(sent).encode())
    standing = ask(app, "GET", "/standing", query=f"device={here.device.pk}&subject={here.case.pk}")

    expected = {
        "outcome": "MATCH",
        "verification": str(CodeCheck.objects.get().pk),
        "tries_left": 2,
        "drift_seconds": None,
        "neighbour": False,
    }
    assert answer == standing == (200, expected)


@pytest.mark.django_db
def test_a_lot_is_sealed_from_the_stream_behind_its_header() -> None:
    home, kind = branch(), product()
    app = verifier_app.VerifierApp(verifier())
    header = lot_header(product=kind.code, branch_code=home.code)

    status, answer = ask(app, "POST", "/lots", header + pskc_file(made("260000000001", "260000000002")))

    assert (status, answer["devices"]) == (201, 2)


@pytest.mark.django_db
def test_a_refused_lot_is_read_to_its_end_so_that_the_sender_hears_why() -> None:
    app = verifier_app.VerifierApp(verifier())
    rest = io.BytesIO(lot_header() + b"x" * 200_000)
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/lots", "wsgi.input": rest}

    (answer,) = app(environ, lambda *_: None)  # type: ignore[arg-type]  # nobody writes

    assert json.loads(answer)["code"] == "seed_file.destination"
    assert rest.read() == b""


@pytest.mark.django_db
def test_one_answer_for_a_device_unknown_and_a_case_not_approved() -> None:
    here, at = desk(), timezone.now()
    app = verifier_app.VerifierApp(verifier(at=at))
    unknown = QUESTION | {"once": str(uuid.uuid4())}
    other = unknown | {"device": str(here.device.pk)}

    answers = [ask(app, "POST", "/check", json.dumps(sent).encode()) for sent in (unknown, other)]

    assert answers[0] == answers[1]
    assert (answers[0][0], answers[0][1]["code"]) == (422, "verifier.nothing_to_check")


BAD_QUESTIONS = [
    b"",
    b"not json",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 4000,
    b'{"a":' * 700,
    b"1" + b"0" * 4000,
    b"{}" + b" " * 5000,
    json.dumps(QUESTION | {"device": "1"}).encode(),
    json.dumps(QUESTION | {"device": 1}).encode(),
    json.dumps(QUESTION | {"device": None}).encode(),
    json.dumps(QUESTION | {"code": 123456}).encode(),
    json.dumps(QUESTION | {"code": ["1"]}).encode(),
    json.dumps(QUESTION | {"more": "1"}).encode(),
    json.dumps({"code": "123456"}).encode(),
]


@pytest.mark.django_db
@pytest.mark.parametrize("body", BAD_QUESTIONS)
def test_a_question_not_in_the_agreed_form_is_refused_by_its_code(body: bytes) -> None:
    status, answer = ask(verifier_app.VerifierApp(Always()), "POST", "/check", body)

    assert (status, answer["code"]) == (422, "verifier.malformed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header", [b"", b"\n", b"x" * 9000, lot_header(key="***"), lot_header(till=1), lot_header(vendor=None)]
)
def test_a_lot_without_its_header_is_refused(header: bytes) -> None:
    status, answer = ask(verifier_app.VerifierApp(Always()), "POST", "/lots", header)

    assert (status, answer["code"]) == (422, "verifier.malformed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "query", "status", "code"),
    [
        ("GET", "/", "", 404, "verifier.no_such_address"),
        ("GET", "/check", "", 404, "verifier.no_such_address"),
        ("DELETE", "/lots", "", 404, "verifier.no_such_address"),
        ("GET", "/standing", "", 422, "verifier.malformed"),
        ("GET", "/standing", "device=1&subject=2", 422, "verifier.malformed"),
        ("GET", "/standing", f"device={ROW}&subject={ROW}", 404, "verification.none"),
    ],
)
def test_an_address_or_a_standing_that_is_not_there(method: str, path: str, query: str, status: int, code: str) -> None:
    found, answer = ask(verifier_app.VerifierApp(Always()), method, path, query=query)

    assert (found, answer["code"]) == (status, code)


@pytest.mark.django_db
@pytest.mark.parametrize("breaks", [OperationalError("password of nh_verifier"), ValueError("code 123456")])
def test_what_goes_wrong_inside_is_told_without_a_word_of_it(breaks: Exception) -> None:
    app = verifier_app.VerifierApp(Always(breaks))

    status, answer = ask(app, "POST", "/check", json.dumps(QUESTION).encode())

    assert (status, answer["code"]) == (503, "verifier.fault")
    assert "123456" not in json.dumps(answer) and "nh_verifier" not in json.dumps(answer)


@pytest.mark.django_db
def test_the_process_says_that_it_lives() -> None:
    assert ask(verifier_app.VerifierApp(Always()), "GET", "/healthz") == (200, {"status": "ok"})


def test_no_verifier_starts_without_a_seed_ring() -> None:
    with override_settings(SEED_KEYS_FILE=""), pytest.raises(ImproperlyConfigured):
        verifier_app.start()


@pytest.mark.django_db
def test_a_connection_the_database_left_is_dropped_and_a_live_one_kept() -> None:
    connection.ensure_connection()
    before = connection.connection

    verifier_app.drop_dead_connection()

    assert connection.connection is before
