"""Free TCP ports on the loopback interface."""

import socket
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
WEB = 8000
TRIED = 100  # ports after the first before giving up


def web_port(environ: Mapping[str, str]) -> int:
    """PORT exactly, or else 8000 or the next free one. Raises RuntimeError if PORT is taken."""
    if wanted := environ.get("PORT"):
        if not _is_free(int(wanted)):
            raise RuntimeError(f"port {wanted} is taken")
        return int(wanted)
    return next(port for port in range(WEB, WEB + TRIED) if _is_free(port))


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now, all different."""
    held = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in held]
    for each in held:
        each.close()
    return ports


def _is_free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True
