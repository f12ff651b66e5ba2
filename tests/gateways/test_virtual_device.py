from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from nh_otp.gateways.simulators.demo_files import DemoDevice, DemoStaff, Watched
from nh_otp.gateways.simulators.server import SimulatorServer
from nh_otp.gateways.simulators.virtual_device import Demo, app

# RFC 6238 appendix B
SECRETS = {"SHA1": b"1234567890" * 2, "SHA256": (b"1234567890" * 4)[:32], "SHA512": (b"1234567890" * 7)[:64]}
VECTORS = [
    ("SHA1", 59, "94287082"),
    ("SHA256", 59, "46119246"),
    ("SHA512", 59, "90693936"),
    ("SHA1", 20000000000, "65353130"),
    ("SHA512", 20000000000, "47863826"),
]


def line(serial: str, **other: Any) -> str:
    algorithm = other.get("algorithm", "SHA1")
    device = {
        "serial": serial,
        "vendor": "MIRAE",
        "secret_base32": base64.b32encode(SECRETS[algorithm]).decode(),
        "algorithm": algorithm,
        "digits": 6,
        "period": 60,
        "kind": "TOKEN",
        "label": "홍*동 고객",
    }
    return json.dumps(device | other, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """The virtual device as the browser sees it."""

    url: str
    files: Path

    def get(self, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        return urllib3.request("GET", self.url + path, retries=False, redirect=False, **options)

    def text(self, path: str) -> str:
        return self.get(path).data.decode()


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    devices, staff = tmp_path / "devices.jsonl", tmp_path / "staff.jsonl"
    devices.write_text(line("AB-0012345678") + line("0099995678", label="<b>이*희</b>", kind="CARD"), encoding="utf-8")
    member = {"staff_no": "T0001", "name": "김창구", "role": "TELLER", "branch": "서울중앙"}
    secret = base64.b32encode(SECRETS["SHA1"]).decode()
    staff.write_text(json.dumps(member | {"totp_base32": secret}) + "\n", encoding="utf-8")
    demo = Demo(Watched(devices, DemoDevice), Watched(staff, DemoStaff), clock=lambda: 119.9)
    server = SimulatorServer(app(demo)).start()
    yield Shown(server.url, tmp_path)
    server.stop()


@pytest.mark.parametrize(("algorithm", "at", "code"), VECTORS)
def test_a_customer_sees_the_number_of_the_standard(shown: Shown, algorithm: str, at: int, code: str) -> None:
    (shown.files / "devices.jsonl").write_text(line("1", algorithm=algorithm, digits=8, period=30))

    answer = shown.get(f"/devices/1/code?at={at}")

    assert (answer.data.decode(), answer.headers["Content-Type"]) == (code, "text/plain; charset=utf-8")


def test_a_customer_reads_the_number_and_how_long_it_lasts(shown: Shown) -> None:
    code = shown.text("/devices/ab-0012345678/code?at=119")

    page = shown.get("/devices/AB-0012345678")

    assert shown.text("/devices/AB-0012345678/code") == code
    assert f'aria-label="화면의 번호 {" ".join(code)}"' in page.data.decode()
    assert 'data-left="1"' in page.data.decode()
    assert " style=" not in page.data.decode()
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_a_presenter_finds_a_device_by_its_last_four_digits(shown: Shown) -> None:
    both, one, none = shown.text("/?q=5678"), shown.get("/?q=99995678"), shown.text("/?q=1111")

    assert "2대 중 2대" in both
    assert (one.status, one.headers["Location"]) == (303, "/devices/0099995678?vendor=MIRAE")
    assert "그 번호로 끝나는 기기가 없습니다." in none
    assert "&lt;b&gt;이*희&lt;/b&gt;" in both


def test_namesakes_of_two_vendors_are_told_apart(shown: Shown) -> None:
    with (shown.files / "devices.jsonl").open("a") as file:
        file.write(line("AB-0012345678", vendor="HANBIT", digits=8))

    assert shown.get("/devices/AB-0012345678/code").status == 409
    assert len(shown.text("/devices/AB-0012345678/code?vendor=HANBIT")) == 8


def test_a_presenter_reads_the_second_factor_of_a_member_of_staff(shown: Shown) -> None:
    code = shown.text("/staff/T0001/code?at=59")

    assert code == "287082"
    assert "창구직원" in shown.text("/staff")
    assert code in shown.text("/staff?at=59")


def test_files_that_come_later_or_change_are_read_again(shown: Shown) -> None:
    devices = shown.files / "devices.jsonl"
    devices.unlink()
    before = shown.get("/devices/7/code")

    devices.write_text(line("7") + '{"serial": "8", "half a li')

    assert before.status == 404
    assert len(shown.text("/devices/7/code")) == 6
    assert shown.get("/devices/8/code").status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/devices/none", 404),
        ("/devices/AB-0012345678/seed", 404),
        ("/devices/AB-0012345678/code?at=soon", 400),
        ("/devices/AB-0012345678/code?at=-1", 400),
        ("/staff/T9999/code", 404),
        ("/../devices.jsonl", 404),
        ("/device.py", 404),
        ("/favicon.ico", 204),
    ],
)
def test_what_the_device_does_not_show_is_refused(shown: Shown, path: str, status: int) -> None:
    assert shown.get(path).status == status


def test_the_virtual_device_knows_nothing_of_django() -> None:
    said = "import sys, nh_otp.gateways.simulators.virtual_device; sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", said], check=False).returncode == 0
