"""Demo only: shows what a customer's device and a staff member's authenticator would show. Knows pyotp, no Django."""

from __future__ import annotations

import argparse
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nh_otp.gateways.simulators.demo_files import STAFF_PERIOD, DemoDevice, DemoStaff, Watched
from nh_otp.gateways.simulators.device_drawing import KINDS, drawing
from nh_otp.gateways.simulators.pages import escape, found, page, quote, script, stylesheet
from nh_otp.gateways.simulators.server import Answer, App, BadInput, Request, SimulatorServer, as_json

ENDS = (signal.SIGTERM, signal.SIGINT)
LISTED = 60  # devices on one page
NAV = '<a href="/">기기</a><a href="/staff">직원 인증번호</a>'
ROLES = {
    "TELLER": "창구직원",
    "SUPERVISOR": "책임자",
    "REVIEWER": "비대면 심사",
    "CALL_AGENT": "상담원",
    "CUSTODIAN": "기기 관리자",
    "ADMINISTRATOR": "관리자",
    "AUDITOR": "감사자",
}
_EPOCH = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything the pages need; `clock` answers in seconds since 1970."""

    devices: Watched[DemoDevice]
    staff: Watched[DemoStaff]
    clock: Callable[[], float] = time.time

    def device(self, serial: str, vendor: str | None) -> DemoDevice:
        """The device on whose back this is printed; letters may be small, `vendor` decides between namesakes."""
        same = [
            device
            for device in self.devices.lines()
            if device.serial.upper() == serial.upper() and vendor in (None, device.vendor)
        ]
        if len(same) > 1:
            raise BadInput("device.vendor_needed", 409)
        if not same:
            raise BadInput("device.unknown", 404)
        return same[0]

    def member(self, staff_no: str) -> DemoStaff:
        for member in self.staff.lines():
            if member.staff_no == staff_no:
                return member
        raise BadInput("staff.unknown", 404)

    def at(self, request: Request) -> int:
        """The moment asked about: `?at=` in seconds since 1970, or now."""
        wanted = request.query.get("at")
        if wanted is None:
            return int(self.clock())
        if not (wanted.isascii() and _EPOCH.fullmatch(wanted)):
            raise BadInput("at.malformed")
        return int(wanted)


def app(demo: Demo) -> App:
    """GET / · /devices/{serial}[/code] · /staff[/{staff_no}/code] · /healthz; codes are text/plain."""

    def route(request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            raise BadInput("method.not_allowed", 405)
        match request.segments:
            case ():
                return _search_page(demo, request.query.get("q", "").strip())
            case ("devices", serial, *rest):
                return _device(demo, request, serial, rest)
            case ("staff", *rest):
                return _staff(demo, request, rest)
            case (name,):
                return _file(name)
            case _:
                raise BadInput("address.unknown", 404)

    return route


def _device(demo: Demo, request: Request, serial: str, rest: list[str]) -> Answer:
    device, at = demo.device(serial, request.query.get("vendor")), demo.at(request)
    match rest:
        case []:
            return _device_page(device, at)
        case ["code"]:
            return _plain(device.code(at))
        case _:
            raise BadInput("address.unknown", 404)


def _staff(demo: Demo, request: Request, rest: list[str]) -> Answer:
    match rest:
        case []:
            return _staff_page(demo.staff.lines(), demo.at(request))
        case [staff_no, "code"]:
            return _plain(demo.member(staff_no).code(demo.at(request)))
        case _:
            raise BadInput("address.unknown", 404)


def _file(name: str) -> Answer:
    match name:
        case "style.css":
            return stylesheet()
        case "device.js":
            return script()
        case "favicon.ico":
            return Answer(b"", 204, "image/x-icon")
        case "healthz":
            return as_json({"status": "ok"})
        case _:
            raise BadInput("address.unknown", 404)


def _plain(code: str) -> Answer:
    return Answer(code.encode(), 200, "text/plain; charset=utf-8")


def _search_page(demo: Demo, wanted: str) -> Answer:
    devices = demo.devices.lines()
    shown = [device for device in devices if device.serial.upper().endswith(wanted.upper())]
    if wanted and len(shown) == 1:
        return found(_address(shown[0]))
    form = (
        '<form class="search" action="/" method="get" role="search">'
        '<label for="q">일련번호 또는 끝 4자리</label><div class="line">'
        f'<input id="q" name="q" value="{escape(wanted)}" autocomplete="off" autofocus>'
        "<button>찾기</button></div></form>"
    )
    rows = "".join(_card(device) for device in shown[:LISTED])
    count = f'<p class="count">{len(shown):,}대 중 {min(len(shown), LISTED)}대를 보여 드립니다.</p>'
    return page(
        "고객의 OTP 기기", form + (count + f'<ul class="cards">{rows}</ul>' if shown else _nothing(devices)), nav=NAV
    )


def _nothing(devices: list[DemoDevice]) -> str:
    if devices:
        return '<p class="empty">그 번호로 끝나는 기기가 없습니다. 기기 뒷면의 일련번호를 확인해 주십시오.</p>'
    return '<p class="empty">시연 자료가 아직 없습니다. 잠시 후 다시 열어 주십시오.</p>'


def _card(device: DemoDevice) -> str:
    return (
        f'<li><a href="{_address(device)}"><b class="num">{escape(device.serial)}</b>'
        f"<span>{escape(device.vendor)} · {escape(KINDS.get(device.kind, device.kind))}</span>"
        f"<small>{escape(device.label)}</small></a></li>"
    )


def _address(device: DemoDevice) -> str:
    return f"/devices/{quote(device.serial, safe='')}?vendor={quote(device.vendor, safe='')}"


def _device_page(device: DemoDevice, at: int) -> Answer:
    left = device.seconds_left(at)
    content = (
        f'<p class="lead">{escape(device.label)} · {escape(KINDS.get(device.kind, device.kind))} · '
        f'<span class="num">{escape(device.serial)}</span></p>{drawing(device, at)}'
        f'<p class="left"><b class="num" id="left" data-left="{left}">{left}</b>초 후 다음 번호로 바뀝니다.</p>'
        '<p class="lead">화면의 숫자를 핀패드에 입력해 주십시오.</p>'
    )
    return page("OTP 기기", content, nav=NAV, refresh=left, scripted=True)


def _staff_page(staff: list[DemoStaff], at: int) -> Answer:
    left = STAFF_PERIOD - at % STAFF_PERIOD
    rows = "".join(
        f'<tr><td class="num">{escape(member.staff_no)}</td><td>{escape(member.name)}</td>'
        f"<td>{escape(ROLES.get(member.role, member.role))}</td><td>{escape(member.branch)}</td>"
        f'<td class="num strong">{member.code(at)}</td></tr>'
        for member in staff
    )
    table = (
        f'<p class="left"><b class="num" id="left" data-left="{left}">{left}</b>초 후 다음 번호로 바뀝니다.</p>'
        '<table><thead><tr><th scope="col">직원번호</th><th scope="col">이름</th><th scope="col">역할</th>'
        f'<th scope="col">영업점</th><th scope="col">인증번호</th></tr></thead><tbody>{rows}</tbody></table>'
    )
    return page(
        "직원 인증번호", table if staff else _nothing([]), nav=NAV, refresh=left if staff else 5, scripted=bool(staff)
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="virtual_device", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True, help="devices, JSON lines")
    parser.add_argument("--staff", type=Path, required=True, help="demo staff, JSON lines")
    parser.add_argument("--host", default="127.0.0.1")
    wanted = parser.parse_args()
    # Blocked before any thread starts, so that the signal always reaches `sigwait`, also as process 1.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    demo = Demo(Watched(wanted.file, DemoDevice), Watched(wanted.staff, DemoStaff))
    server = SimulatorServer(app(demo), port=wanted.port, host=wanted.host).start()
    signal.sigwait(ENDS)
    server.stop()


if __name__ == "__main__":
    main()
