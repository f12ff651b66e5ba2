"""A peer on a unix socket that does exactly what it was told with each request it reads, and counts them."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

Act = Callable[[socket.socket], bool]  # whether the connection stays open


def answers(content: Any, status: int = 200) -> Act:
    """A proper answer on a connection that stays open."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(_response(content, status))
        return True

    return act


def answers_then_leaves(content: Any) -> Act:
    """A proper answer that promises to keep the connection, which is then closed without a word."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(_response(content, 200))
        return False

    return act


def hangs_up(_connection: socket.socket) -> bool:
    """The request was read and perhaps obeyed; no answer."""
    return False


def dribbles(enough: Event) -> Act:
    """An answer that never ends, one byte at a time."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
        while not enough.wait(0.02):
            connection.sendall(b".")
        return False

    return act


def stays_silent(enough: Event) -> Act:
    def act(_connection: socket.socket) -> bool:
        enough.wait(5)
        return False

    return act


class Peer:
    """Listens at `url`; `acts` are used up one per request, `requests` are what was read."""

    def __init__(self, path: Path, *acts: Act) -> None:
        self.url = f"http+unix://{quote(str(path), safe='')}"
        self.requests: list[bytes] = []
        self.connections = 0
        self.left = Event()
        self._acts = list(acts)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._threads.append(Thread(target=self._converse, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        with connection:
            try:
                while (request := _read(connection)) and self._obey(connection, request):
                    pass
            except OSError:
                pass  # the client gave up first
        self.left.set()

    def _obey(self, connection: socket.socket, request: bytes) -> bool:
        self.requests.append(request)
        return self._acts.pop(0)(connection)


def _response(content: Any, status: int) -> bytes:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


def _read(connection: socket.socket) -> bytes:
    """One whole request, chunks included; empty when the client left."""
    received = b""
    while not _complete(received):
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    return received


def _complete(received: bytes) -> bool:
    head, blank, body = received.partition(b"\r\n\r\n")
    if not blank:
        return False
    if b"transfer-encoding: chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    declared = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(body) >= int(declared[0] if declared else 0)
