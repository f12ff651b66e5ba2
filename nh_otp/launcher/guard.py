"""Takes the house down when the launcher dies without a word (`kill -9`): a process of its own that watches a pipe.

Runs as a plain script, `guard.py` on stdin: lines `start PID SIGNAL`, `end PID`, `sweep FOLDER`; at the end of
the pipe it stops what is still running. On Linux the kernel has told the children already; this is for the rest.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

STOP_WITHIN = 10.0  # seconds between asking and killing


def watch() -> None:
    """Reads until the launcher is gone, then leaves no process and no socket behind."""
    running: dict[int, int] = {}
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "start":
            pid, stop_signal = map(int, rest.split())
            running[pid] = stop_signal
        elif word == "end":
            running.pop(int(rest), None)
        elif word == "sweep":
            folders.append(rest)
    stop(running)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def stop(running: dict[int, int]) -> None:
    """Asks every process to stop and kills the groups that do not."""
    for pid, stop_signal in running.items():
        _send(pid, stop_signal)
    deadline = time.monotonic() + STOP_WITHIN
    while any(map(is_alive, running)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in filter(is_alive, running):
        _send(-pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Is the process running? One that only waits for its parent to take note is not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 – pathlib would triple this script's start
            return file.read().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return sys.platform != "linux"


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    watch()
