"""Small values that several screens share; masked before they arrive here, so a template can show them as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """How a status looks: the value names both the CSS class and the icon, so no status is colour alone."""

    DONE = "done"  # 승인, 완료, 일치, 재고
    GOING = "going"  # 접수, 진행, 사용등록
    WAITING = "waiting"  # 승인대기, 배정, 센터 반영 대기, 부족
    BACK = "back"  # 반려, 승인거절, 취소, 불일치
    NOT_YET = "not-yet"  # 시작 전, 없음
    IN_USE = "in-use"  # 사용중
    STOPPED = "stopped"  # 사고정지, 오류잠김, 해지


class Mark(StrEnum):
    """The shape of a timeline entry: filled dot, ring, red square, amber diamond."""

    DECISION = "decision"
    STEP = "step"
    STOP = "stop"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Status:
    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a radio group, checkbox list or menu; `value` is what the form posts."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial number split so that its last four digits can be emphasised."""

    head: str  # "2611-0048-", or "…" where only the tail may be shown
    tail: str  # "3317"

    @classmethod
    def whole(cls, serial: str) -> Serial:
        """For the teller who holds the device and must compare it; grouped in fours from the right."""
        head = serial[:-4]
        first = len(head) % 4
        groups = ([head[:first]] if first else []) + [head[i : i + 4] for i in range(first, len(head), 4)]
        return cls("".join(f"{group}-" for group in groups), serial[-4:])

    @classmethod
    def masked(cls, serial: str) -> Serial:
        """For every other screen and for paper: only the last four digits."""
        return cls("…", serial[-4:])

    def __str__(self) -> str:
        return f"{self.head}{self.tail}"


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time since a case began, against the desk's target; all in seconds."""

    seconds: int
    target_seconds: int = 600

    @property
    def clock(self) -> str:
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.seconds // self.target_seconds)

    @property
    def minutes_over(self) -> int:
        return max(0, (self.seconds - self.target_seconds) // 60)

    @property
    def late(self) -> bool:
        return self.seconds > self.target_seconds

    @property
    def target_minutes(self) -> int:
        return self.target_seconds // 60


@dataclass(frozen=True, slots=True)
class TimelineRow:
    at: datetime
    title: str  # "기기 배정"
    who: str = ""  # "이하늘 계장"
    detail: str = ""
    mark: Mark = Mark.STEP


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around every signed-in screen shows; the context variable `frame`."""

    staff: str  # "이하늘 계장"
    role: str  # "창구직원"
    window: str  # "3번 창구"
    branch: str  # "가온은행 세종로지점"
    decides: bool  # shows 승인함 and 결재 이력
    serves: bool  # shows 오늘의 업무, 진행 중인 건, 사고신고 and the F2 box
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
