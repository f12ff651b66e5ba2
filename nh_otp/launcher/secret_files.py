"""Secrets of one installation as files with mode 0600: made once, read ever after."""

import os
import secrets
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path


def password(folder: Path, role: str) -> str:
    """The database password of a role."""
    return kept(folder / f"{role}.password", lambda: secrets.token_urlsafe(32)).read_text().strip()


def passfile(folder: Path, role: str) -> Path:
    """The same password as libpq reads it, so that no address has to name it."""
    return kept(folder / f"{role}.pgpass", lambda: f"*:*:*:{role}:{password(folder, role)}\n")


def secret_key(folder: Path) -> Path:
    """The file with Django's SECRET_KEY."""
    return kept(folder / "secret_key", lambda: secrets.token_urlsafe(64))


def key_ring(folder: Path, name: str) -> Path:
    """A key ring file: lines `kid base64(32 bytes)`, the last one current."""
    return kept(folder / f"{name}.keys", lambda: f"{name}-1 {b64encode(secrets.token_bytes(32)).decode()}\n")


def kept(path: Path, make: Callable[[], str]) -> Path:
    """A file of this account's only, made with that content unless it exists."""
    if not path.exists():
        # complete under another name first: a start that dies here must not leave half a secret
        unfinished = path.with_name(path.name + ".new")
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(make())
        unfinished.replace(path)
    return path
