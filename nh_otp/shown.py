"""Small values that several screens share; masked before they arrive here, so a template can show them as they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.db.models import TextChoices
from django.utils import timezone


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


class Named(Protocol):
    """A member of staff as screens call them."""

    name: str
    title: str


def person(staff: Named | None) -> str:
    """이하늘 계장"""
    return f"{staff.name} {staff.title}" if staff else ""


def choices(kinds: Iterable[TextChoices], *, chosen: str = "") -> tuple[Choice, ...]:
    """A radio group of some values, one of them chosen."""
    return tuple(Choice(each.value, str(each.label), chosen=each.value == chosen) for each in kinds)


def day_and_time(at: datetime) -> str:
    """2026. 11. 23. 09:21 in Korea."""
    local = timezone.localtime(at)
    return f"{local.year}. {local.month}. {local.day}. {local:%H:%M}"
