"""The frame of the demo's own pages: Korean, plain, everything from this origin and nothing inline."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from urllib.parse import quote

from nh_otp.gateways.simulators.server import Answer

__all__ = ["escape", "found", "page", "quote", "script", "seoul_time", "stylesheet"]

SEOUL = timezone(timedelta(hours=9))
SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_HERE = Path(__file__).parent


def page(
    title: str, content: str, *, nav: str = "", refresh: int | None = None, scripted: bool = False, status: int = 200
) -> Answer:
    """A whole page around escaped `content`; without a script it loads itself again every `refresh` seconds."""
    again = f'<meta http-equiv="refresh" content="{refresh}">' if refresh else ""
    if scripted:
        again = f'<script src="/device.js" defer></script><noscript>{again}</noscript>'
    document = (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} – 시연</title>"
        f'<link rel="stylesheet" href="/style.css">{again}</head><body>'
        f'<header class="top"><p class="brand">시연 전용 화면</p><nav>{nav}</nav></header>'
        f"<main><h1>{escape(title)}</h1>{content}</main></body></html>"
    )
    return Answer(document.encode(), status, "text/html; charset=utf-8", SAFE)


def found(address: str) -> Answer:
    return Answer(b"", 303, "text/plain", {"Location": address})


def stylesheet() -> Answer:
    return Answer((_HERE / "style.css").read_bytes(), 200, "text/css; charset=utf-8", SAFE)


def script() -> Answer:
    return Answer((_HERE / "device.js").read_bytes(), 200, "text/javascript; charset=utf-8", SAFE)


def seoul_time(at: str) -> str:
    """An ISO moment as a teller reads it."""
    return datetime.fromisoformat(at).astimezone(SEOUL).strftime("%m-%d %H:%M:%S")
