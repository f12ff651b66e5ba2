"""Every gateway twice: the simulator's core in process, and the HTTP adapter that talks to the simulator's server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any, TypeVar, cast

import pytest

from nh_otp.gateways.simulators.behaviour import Pause, give_up
from nh_otp.gateways.simulators.server import App, SimulatorServer
from tests.gateways.peers import Act, Peer

Core = TypeVar("Core")
BUDGET = 0.3  # seconds that the adapters of these tests wait


@dataclass(slots=True)
class Reach:
    """How the tests come to a simulator: `pause` goes into its core, `to` returns the adapter."""

    over_http: bool
    pause: Pause
    stack: ExitStack = field(default_factory=ExitStack)

    def to(self, core: Core, app: Callable[[Core], App], adapter: Callable[..., Any]) -> Any:
        if not self.over_http:
            return core
        server = SimulatorServer(app(core)).start()
        self.stack.callback(server.stop)
        reached = adapter(server.url, budget=BUDGET)
        self.stack.callback(reached.close)
        return reached


@pytest.fixture(params=["in process", "over HTTP"])
def reach(request: pytest.FixtureRequest) -> Iterator[Reach]:
    over_http, enough = cast(str, request.param) == "over HTTP", Event()
    reach = Reach(over_http, enough.wait if over_http else give_up)
    with reach.stack:
        yield reach
        enough.set()


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that has moved on by a second whenever somebody looks."""
    seconds, start = count(), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    return lambda: start + timedelta(seconds=next(seconds))


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[Callable[..., Peer]]:
    """Start a peer with its acts; it is closed after the test."""
    with ExitStack() as stack:

        def start(*acts: Act) -> Peer:
            peer = Peer(tmp_path / "s", *acts)
            stack.callback(peer.close)
            return peer

        yield start
