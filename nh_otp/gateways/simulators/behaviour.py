"""How a simulated institution behaves today: switched at run time, so that bad days can be rehearsed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from nh_otp.errors import Unavailable
from nh_otp.gateways.simulators.server import BadInput

Effect = TypeVar("Effect")
Pause = Callable[[float], object]

SLOW_SECONDS = 6.0  # past the 5 s that our adapters wait
LONGEST_PAUSE = 60.0


class Mode(StrEnum):
    """DOWN takes nothing; SLOW takes the message and answers late; DUPLICATE takes every message twice."""

    NORMAL = "normal"
    DOWN = "down"
    SLOW = "slow"
    DUPLICATE = "duplicate"


def give_up(_seconds: float) -> None:
    """The pause of a simulator called in process: the caller has gone before the answer comes."""
    raise Unavailable(why="slow")


class Behaviour:
    """The present mode, and what it does to one delivery."""

    def __init__(self, pause: Pause = give_up) -> None:
        self.mode, self.seconds, self._pause = Mode.NORMAL, SLOW_SECONDS, pause

    def switch(self, wanted: Mapping[str, Any]) -> None:
        """Take over {"mode": …, "seconds": how late SLOW answers}; BadInput if there is no such mode."""
        seconds = wanted.get("seconds", SLOW_SECONDS)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_PAUSE:
            raise BadInput("seconds.malformed")
        try:
            self.mode = Mode(wanted.get("mode", ""))
        except ValueError:
            raise BadInput("mode.unknown") from None
        self.seconds = float(seconds)

    def deliver(self, effect: Callable[[], Effect]) -> Effect:
        """Let one message have its effect, on this kind of day."""
        if self.mode is Mode.DOWN:
            raise Unavailable(why="down")
        answer = effect()
        if self.mode is Mode.DUPLICATE:
            answer = effect()
        if self.mode is Mode.SLOW:
            self._pause(self.seconds)
        return answer
