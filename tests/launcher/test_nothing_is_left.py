"""However the launcher ends, no process, socket or shared memory of the house stays behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nh_otp.launcher.guard import is_alive
from nh_otp.launcher.work_folder import CHECKOUT

PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class StandIn:
    """A running house of stand-ins, as seen from outside."""

    launcher: subprocess.Popen[str]
    pids: dict[str, int]
    sockets: Path
    shared_memory: set[Path]


@pytest.fixture
def house(open_folder: Path) -> Iterator[StandIn]:
    command = [sys.executable, "-m", "tests.launcher.stand_in", str(open_folder)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, start_new_session=True) as launcher:
        assert launcher.stdout is not None
        told = json.loads(launcher.stdout.readline())
        postmaster = told["pids"]["postgres"]
        yield StandIn(launcher, told["pids"], Path(told["sockets"]), shared_memory_of(postmaster))
        launcher.kill()


def shared_memory_of(pid: int) -> set[Path]:
    maps = Path(f"/proc/{pid}/maps")
    if not maps.exists():
        return set()
    return {Path(path) for path in re.findall(r"/dev/shm/\S+", maps.read_text())}


def shared_memory_segments() -> set[int]:
    table = Path("/proc/sysvipc/shm")
    if not table.exists():
        return set()
    return {int(line.split()[4]) for line in table.read_text().splitlines()[1:]}


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def assert_nothing_is_left(house: StandIn) -> None:
    assert until(lambda: not any(map(is_alive, house.pids.values())))
    assert until(lambda: not house.sockets.exists())
    assert not any(path.exists() for path in house.shared_memory)
    assert house.pids["postgres"] not in shared_memory_segments()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_operator_stops_the_house_with_a_signal(house: StandIn, number: signal.Signals) -> None:
    house.launcher.send_signal(number)

    assert house.launcher.wait(PATIENCE) == 0
    assert_nothing_is_left(house)


def test_a_killed_launcher_takes_the_house_with_it(house: StandIn) -> None:
    house.launcher.kill()

    assert_nothing_is_left(house)


def test_the_guard_alone_takes_down_children_that_the_kernel_did_not_tell(tmp_path: Path) -> None:
    from nh_otp.launcher.supervisor import GUARD

    sockets = tmp_path / "run"
    sockets.mkdir()
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as child:
        told = f"start {child.pid} {signal.SIGTERM:d}\nsweep {sockets}\n"
        subprocess.run([sys.executable, "-I", "-S", str(GUARD)], input=told, text=True, check=True, timeout=PATIENCE)

        assert child.wait(PATIENCE) == -signal.SIGTERM
        assert not sockets.exists()


def test_the_house_ends_when_whoever_started_the_launcher_is_killed(open_folder: Path) -> None:
    command = f"{sys.executable} -m tests.launcher.stand_in {open_folder} & echo $!; wait"
    with subprocess.Popen(["/bin/sh", "-c", command], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        launcher, told = int(parent.stdout.readline()), json.loads(parent.stdout.readline())
        parent.kill()

    assert until(lambda: not any(map(is_alive, [launcher, *told["pids"].values()])))
    assert not Path(told["sockets"]).exists()


def test_a_child_that_does_not_listen_is_killed(supervisor: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from nh_otp.launcher import guard

    monkeypatch.setattr(guard, "STOP_WITHIN", 0.2)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        guard.stop({child.pid: signal.SIGTERM})

        assert child.wait(PATIENCE) == -signal.SIGKILL
        assert os.getpgid(0) != child.pid
