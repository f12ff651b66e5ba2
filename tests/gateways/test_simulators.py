from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic
from uuid import uuid4

import pytest
import urllib3

from nh_otp.gateways.http.otp_centre import HttpOtpCentre
from nh_otp.gateways.otp_centre import DeviceKey
from nh_otp.gateways.simulators import id_authenticity, otp_centre, sms
from nh_otp.gateways.simulators.server import LARGEST_BODY, SimulatorServer
from nh_otp.gateways.sms import Text

JSON = {"Content-Type": "application/json"}
KEYED = {**JSON, "Idempotency-Key": "6f1c1b9e-0000-4000-8000-000000000001"}
SUSPEND = "/devices/MIRAE/0012345678/suspend"
CARD = {"kind": "RESIDENT_CARD", "name": "홍길동", "birth_on": "1980-05-05", "number_tail": "1", "issued_on": None}


@pytest.fixture
def http() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=5) as pool:
        yield pool


@pytest.fixture
def centre() -> Iterator[SimulatorServer]:
    server = SimulatorServer(otp_centre.app(otp_centre.OtpCentreSimulator(pause=Event().wait))).start()
    yield server
    server.stop()


@pytest.fixture
def service() -> Iterator[SimulatorServer]:
    server = SimulatorServer(id_authenticity.app(id_authenticity.in_process())).start()
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "code"),
    [
        (SUSPEND, JSON, b"{}", 400, "message_id.malformed"),
        (SUSPEND, {**JSON, "Idempotency-Key": "1"}, b"{}", 400, "message_id.malformed"),
        (SUSPEND, KEYED, b"{", 400, "body.malformed"),
        (SUSPEND, KEYED, b"\xff", 400, "body.malformed"),
        (SUSPEND, KEYED, b'{"a":NaN}', 400, "body.malformed"),
        (SUSPEND, KEYED, b"[" * 60_000, 400, "body.malformed"),
        (SUSPEND, KEYED, b"[]", 400, "body.not_an_object"),
        (SUSPEND, {}, b"{}", 415, "body.not_json"),
        (SUSPEND, KEYED, b"x" * (LARGEST_BODY + 1), 413, "body.too_large"),
        (SUSPEND, {**KEYED, "Content-Length": "two"}, b"{}", 400, "body.length_malformed"),
        (SUSPEND, {**KEYED, "Transfer-Encoding": "chunked"}, b"{}", 411, "body.length_required"),
        ("/devices/MIRAE/1/explode", KEYED, b"{}", 404, "verb.unknown"),
        ("/devices/MIRAE/1/register", KEYED, b"{}", 400, "customer_key.malformed"),
        ("/devices/MIRAE/%00/suspend", KEYED, b"{}", 400, "serial.malformed"),
        (f"/devices/{'M' * 65}/1/suspend", KEYED, b"{}", 400, "vendor.malformed"),
        ("/devices", KEYED, b"{}", 404, "address.unknown"),
        ("/behaviour", JSON, b'{"mode":"moody"}', 400, "mode.unknown"),
        ("/behaviour", JSON, b'{"mode":"slow","seconds":"long"}', 400, "seconds.malformed"),
    ],
)
def test_a_client_that_asks_wrongly_is_told_how(
    http: urllib3.PoolManager,
    centre: SimulatorServer,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    code: str,
) -> None:
    answer = http.request("POST", centre.url + path, body=body, headers=headers)

    assert (answer.status, answer.json()) == (status, {"code": code})
    assert http.request("GET", centre.url + "/log").json() == {"messages": []}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": ""}, "kind.malformed"),
        ({"name": 7}, "name.malformed"),
        ({"birth_on": "1980-02-30"}, "birth_on.malformed"),
        ({"number_tail": "'; --"}, "number_tail.malformed"),
        ({"issued_on": "soon"}, "issued_on.malformed"),
    ],
)
def test_a_question_about_a_document_must_be_complete(
    http: urllib3.PoolManager, service: SimulatorServer, wrong: dict[str, object], code: str
) -> None:
    answer = http.request("POST", service.url + "/queries", json=CARD | wrong)

    assert (answer.status, answer.json()) == (400, {"code": code})


@pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("DELETE", 405), ("GET", 404)])
def test_a_method_nobody_agreed_on_is_refused(
    http: urllib3.PoolManager, centre: SimulatorServer, method: str, status: int
) -> None:
    assert http.request(method, centre.url + SUSPEND).status == status


@pytest.mark.parametrize(
    "line", [b"\x00\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200]
)
def test_noise_on_the_line_gets_a_plain_refusal(centre: SimulatorServer, line: bytes) -> None:
    with closing(socket.create_connection(centre.socket.getsockname(), timeout=5)) as connection:
        connection.sendall(line)
        answer = connection.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 4")
    assert b"Traceback" not in answer


def test_many_questions_travel_over_one_connection(http: urllib3.PoolManager, centre: SimulatorServer) -> None:
    statuses = [http.request("GET", centre.url + path).status for path in ("/healthz", "/nowhere", "/log")]

    assert statuses == [200, 404, 200]
    assert http.connection_from_url(centre.url).num_connections == 1


def test_an_operator_switches_the_behaviour_over_http(http: urllib3.PoolManager, centre: SimulatorServer) -> None:
    url = centre.url
    assert http.request("POST", url + "/behaviour", json={"mode": "down"}).json() == {"mode": "down"}
    assert http.request("POST", url + SUSPEND, body=b"{}", headers=KEYED).status == 503

    http.request("POST", url + "/behaviour", json={"mode": "duplicate"})
    assert http.request("POST", url + SUSPEND, body=b"{}", headers=KEYED).json()["number"] == "OC-00000001"

    received = http.request("GET", url + "/log").json()["messages"]
    assert [(row["verb"], row["effect"]) for row in received] == [("suspend", True), ("suspend", False)]


def test_the_inbox_page_shows_texts_as_text(http: urllib3.PoolManager) -> None:
    core = sms.in_process()
    core.send(Text(to="010-0000-0001", body="<script>alert(1)</script> 5자리 번호"), message_id=uuid4())
    server = SimulatorServer(sms.app(core)).start()

    page, inbox = http.request("GET", server.url), http.request("GET", server.url + "/inbox")
    style = http.request("GET", server.url + "/style.css")

    server.stop()
    assert "&lt;script&gt;" in page.data.decode()
    assert "<script" not in page.data.decode()
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert inbox.json()["texts"][0]["to"] == "010-0000-0001"
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"


def free_ports(number: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def started(ports: list[int], state: Path) -> subprocess.Popen[bytes]:
    names = ["--otp-centre", "--id-authenticity", "--sms"]
    wanted = [text for name, port in zip(names, ports, strict=True) for text in (name, str(port))]
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "nh_otp.gateways.simulators", *wanted, "--state", str(state)]
    )
    patient = urllib3.Retry(total=100, backoff_factor=0.01, backoff_max=0.1)
    for port in ports:
        assert urllib3.request("GET", f"http://127.0.0.1:{port}/healthz", retries=patient).status == 200
    return process


def test_the_institutions_come_back_after_a_kill_and_go_at_once_when_asked(tmp_path: Path) -> None:
    ports, message_id = free_ports(3), uuid4()
    device = DeviceKey(vendor="MIRAE", serial="0012345678")
    centre = HttpOtpCentre(f"http://127.0.0.1:{ports[0]}")
    first_life = started(ports, tmp_path / "state")
    first = centre.suspend(device=device, message_id=message_id)
    first_life.kill()
    first_life.wait(5)

    second_life = started(ports, tmp_path / "state")
    again = centre.suspend(device=device, message_id=message_id)
    asked_to_go = monotonic()
    second_life.send_signal(signal.SIGTERM)
    left = second_life.wait(5)

    centre.close()
    assert again == first
    assert (left, monotonic() - asked_to_go < 2) == (0, True)
    lines = (tmp_path / "state" / "otp_centre.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["effect"] for line in lines] == [True, False]
