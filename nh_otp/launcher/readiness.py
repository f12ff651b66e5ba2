"""Waits until a process of the house answers."""

import http.client
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from nh_otp.launcher.ports import LOOPBACK

PATIENCE = 60.0  # seconds


class Watcher(Protocol):
    """Whoever notices that a child has died while we wait for it."""

    def check(self) -> None: ...


def wait_for(name: str, answers: Callable[[], bool], watcher: Watcher) -> None:
    """Polls until it answers; raises TimeoutError with the child's name if it never does."""
    deadline = time.monotonic() + PATIENCE
    while not answers():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{name} did not answer within {PATIENCE:.0f} s, see {name}.log")
        watcher.check()
        time.sleep(0.05)


def web_is_healthy(port: int) -> Callable[[], bool]:
    return lambda: _is_healthy(http.client.HTTPConnection(LOOPBACK, port, timeout=5))


def socket_is_healthy(path: Path) -> Callable[[], bool]:
    return lambda: _is_healthy(_UnixConnection(path))


def port_is_open(port: int) -> Callable[[], bool]:
    def answers() -> bool:
        try:
            socket.create_connection((LOOPBACK, port), timeout=1).close()
        except OSError:
            return False
        return True

    return answers


def _is_healthy(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
