"""Chance that is the same every time: one stream per purpose, so that one part never shifts another."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Chance = Callable[[str], Random]


def seeded(seed: int) -> Chance:
    """Streams by name, all of them decided by one number."""

    def stream(name: str) -> Random:
        return Random(f"{seed}:{name}")  # noqa: S311 – demo data must be the same every time; nothing real rests on it

    return stream
