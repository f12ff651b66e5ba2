"""Starts children in order, restarts those that die, and stops every one of them whatever ends the launcher."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from nh_otp.launcher import guard, process

GUARD = Path(guard.__file__)
LONGEST_PAUSE = 30.0  # seconds between restarts of a child that keeps dying
STEADY_AFTER = 60.0  # seconds of life after which a child's earlier deaths are forgotten
STOP_WITHIN = 10.0  # seconds between asking and killing


class ChildFailed(RuntimeError):
    """A child that the house cannot do without ended."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process of the house: what to run, and all that it may know."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]


@dataclass(slots=True)
class Running:
    """A child at work. Without a `child` to start again, its death ends the house."""

    name: str
    process: subprocess.Popen[bytes]
    stops_by: signal.Signals
    child: Child | None
    deaths: int = 0
    since: float = field(default_factory=time.monotonic)


@dataclass(slots=True)
class Supervisor:
    """A context: whatever ends it, no child is left. `log` is the folder of the children's logs."""

    log: Path
    folder: Path
    children: list[Running] = field(default_factory=list, init=False)
    _parent: int = field(default_factory=os.getppid, init=False)
    _guard: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        self._guard = subprocess.Popen(  # noqa: S603 – our own script
            [sys.executable, "-I", "-S", GUARD],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            cwd="/",
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # the children of one floor together; the database, started first, when nobody needs it any more
        self._stop([running for running in self.children if running.child])
        self._stop([running for running in self.children if not running.child])
        if self._guard:
            self._guard.communicate()

    def sweep(self, folder: Path) -> None:
        """Has the folder removed if the launcher is killed."""
        self._tell(f"sweep {folder}")

    def adopt(self, name: str, started: subprocess.Popen[bytes], stops_by: signal.Signals) -> None:
        """Takes charge of a process that the house cannot do without."""
        self._tell(f"start {started.pid} {stops_by:d}")
        self.children.append(Running(name, started, stops_by, child=None))

    def start(self, child: Child) -> None:
        self.children.append(Running(child.name, self._spawn(child), signal.SIGTERM, child))

    def run(self, child: Child) -> None:
        """Runs a child to its end; raises ChildFailed with the end of its log if it says no."""
        started = self._spawn(child)
        try:
            code = started.wait()
        except BaseException:
            started.terminate()
            started.wait()
            raise
        finally:
            self._tell(f"end {started.pid}")
        if code != 0:
            raise ChildFailed(f"{child.name} failed ({code}):\n{process.tail(self._log_of(child.name))}")

    def watch(self) -> None:
        """Keeps the house running until a signal or the parent's death; raises ChildFailed for the database's."""
        while os.getppid() == self._parent:
            self.check()
            time.sleep(0.1)

    def check(self) -> None:
        """One look at every child: the dead are started again after a growing pause."""
        for running in self.children:
            if running.process.poll() is not None:
                self._revive(running)

    def _revive(self, dead: Running) -> None:
        if dead.child is None:
            raise ChildFailed(f"{dead.name} ended ({dead.process.returncode}), see its log")
        lived = time.monotonic() - dead.since
        if lived > STEADY_AFTER:
            dead.deaths = 0
        if lived < min(0.5 * 2**dead.deaths, LONGEST_PAUSE):
            return
        self._tell(f"end {dead.process.pid}")
        dead.process, dead.since, dead.deaths = self._spawn(dead.child), time.monotonic(), dead.deaths + 1

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        log, folder = self._log_of(child.name), self.folder
        started = process.spawn(child.command, environment=child.environment, log=log, folder=folder)
        self._tell(f"start {started.pid} {signal.SIGTERM:d}")
        return started

    def _log_of(self, name: str) -> Path:
        return self.log / f"{name}.log"

    def _stop(self, running: list[Running]) -> None:
        # SIGTERM to the main process only: Celery and gunicorn take their own workers down
        for each in running:
            each.process.send_signal(each.stops_by)
        deadline = time.monotonic() + STOP_WITHIN
        for each in running:
            try:
                each.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(each.process.pid, signal.SIGKILL)
                each.process.wait()
            self._tell(f"end {each.process.pid}")

    def _tell(self, line: str) -> None:
        if self._guard and self._guard.stdin:
            with contextlib.suppress(BrokenPipeError):  # without its guard the house still runs
                self._guard.stdin.write(line + "\n")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
