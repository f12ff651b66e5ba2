"""What a device looks like with its number on: one drawing per kind, without inline style or script."""

from __future__ import annotations

from html import escape

from nh_otp.gateways.simulators.demo_files import DemoDevice

KINDS = {"TOKEN": "토큰형", "CARD": "카드형", "MOBILE": "모바일OTP"}
_TURN = 2 * 3.14159265 * 9  # length of the ring of the remaining time


def drawing(device: DemoDevice, at: int) -> str:
    """The device as an SVG picture that a screen reader speaks as its number."""
    body, display = _SHAPES.get(device.kind, _SHAPES["TOKEN"])
    code = device.code(at)
    return (
        f'<svg class="device" viewBox="0 0 360 226" role="img" aria-label="화면의 번호 {" ".join(code)}">'
        f"{body}{_display(device, code, at, *display)}"
        f'<text class="maker" x="180" y="{_MAKER.get(device.kind, 150)}">{escape(device.vendor)}</text>'
        f'<text class="serial" x="180" y="{_MAKER.get(device.kind, 150) + 20}">{escape(device.serial)}</text></svg>'
    )


def _display(device: DemoDevice, code: str, at: int, x: int, y: int, width: int, height: int) -> str:
    middle = y + height / 2
    size = min(32.0, (width - 48 - len(code)) / (0.57 * len(code) + 0.3))
    return (
        f'<rect class="lcd" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
        f'<text class="code" x="{x + width / 2 - 14}" y="{middle + size * 0.36:.1f}" font-size="{size:.1f}">'
        f"{code[: len(code) // 2]} {code[len(code) // 2 :]}</text>"
        f"{_ring(x + width - 20, middle, device.seconds_left(at), device.period)}"
    )


def _ring(x: float, y: float, left: int, period: int) -> str:
    """A ring that empties with the remaining time, moved by the picture itself."""
    gone = _TURN * (1 - left / period)
    return (
        f'<circle class="ring" cx="{x}" cy="{y}" r="9" transform="rotate(-90 {x} {y})" '
        f'stroke-dasharray="{_TURN:.2f}" stroke-dashoffset="{gone:.2f}">'
        f'<animate attributeName="stroke-dashoffset" from="{gone:.2f}" to="{_TURN:.2f}" dur="{left}s" fill="freeze"/>'
        "</circle>"
    )


_MAKER = {"CARD": 174, "MOBILE": 152}
_SHAPES = {
    "TOKEN": (
        '<rect class="shell" x="30" y="22" width="300" height="176" rx="88"/>'
        '<circle class="hole" cx="62" cy="98" r="13"/><circle class="button" cx="292" cy="98" r="18"/>',
        (88, 66, 180, 64),
    ),
    "CARD": (
        '<rect class="shell" x="20" y="8" width="320" height="210" rx="14"/>'
        '<circle class="button" cx="64" cy="164" r="16"/><text class="bank" x="44" y="44">OTP</text>',
        (92, 70, 196, 64),
    ),
    "MOBILE": (
        '<rect class="shell" x="80" y="2" width="200" height="222" rx="22"/>'
        '<rect class="screen" x="90" y="18" width="180" height="190" rx="10"/>'
        '<text class="app" x="180" y="48">모바일OTP</text>',
        (96, 64, 168, 60),
    ),
}
