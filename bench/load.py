"""Clients that cost little: raw keep-alive connections, one thread each, a fixed list of requests."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from nh_otp.launcher.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back: statuses, seconds of each request, seconds of the whole."""

    statuses: Sequence[int]
    seconds: Sequence[float]
    elapsed: float

    @property
    def per_second(self) -> float:
        return len(self.statuses) / self.elapsed

    @property
    def p50_ms(self) -> float:
        return median(self.seconds) * 1000

    @property
    def p99_ms(self) -> float:
        return quantiles(self.seconds, n=100)[98] * 1000


def send(port: int, requests: Sequence[bytes], *, clients: int = 16) -> Answers:
    """Send all requests over `clients` connections, as fast as they are answered."""
    shares, start = [requests[n::clients] for n in range(clients)], threading.Barrier(clients + 1)
    found: list[tuple[int, float]] = []
    threads = [threading.Thread(target=_client, args=(port, share, start, found)) for share in shares]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    return Answers([status for status, _ in found], [seconds for _, seconds in found], elapsed)


def _client(port: int, requests: Sequence[bytes], start: threading.Barrier, found: list[tuple[int, float]]) -> None:
    with socket.create_connection((LOOPBACK, port), timeout=30) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        for request in requests:
            began = time.perf_counter()
            line.sendall(request)
            found.append((_status(line), time.perf_counter() - began))


def _status(line: socket.socket) -> int:
    """Read one answer to its end (Content-Length) and return its status."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += _more(line)
    top, _, body = head.partition(b"\r\n\r\n")
    length = next(
        (int(field.split(b":")[1]) for field in top.split(b"\r\n") if field.lower().startswith(b"content-length")), 0
    )
    while len(body) < length:
        body += _more(line)
    return int(top.split(b" ", 2)[1])


def _more(line: socket.socket) -> bytes:
    piece = line.recv(65536)
    if not piece:
        raise ConnectionError("the server hung up")
    return piece
