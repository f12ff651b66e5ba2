"""What the frame around every signed-in screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nh_otp.shown import Elapsed


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around every signed-in screen shows; the context variable `frame`."""

    staff: str  # "이하늘 계장"
    role: str  # "창구직원"
    window: str  # "3번 창구"
    branch: str  # "가온은행 세종로지점"
    decides: bool  # shows 승인함 and 결재 이력
    serves: bool  # shows 오늘의 업무, 진행 중인 건, 사고신고 and F4
    keeps: bool  # shows 재고 and 수불대장
    at: datetime  # the server's clock, ticked on by the page
    cases: int = 0
    inbox: int = 0
    idle_seconds: int = 900
    shield_seconds: int = 180
    theme: str = ""  # "", "dark" or "contrast"

    @property
    def initial(self) -> str:
        return self.staff[:1]

    @property
    def idle_clock(self) -> str:
        return Elapsed(self.idle_seconds).clock
