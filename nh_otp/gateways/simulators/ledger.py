"""What a simulated institution received: one effect per message id, kept over restarts in a JSON-lines file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from nh_otp.gateways import Refused
from nh_otp.gateways.otp_centre import Receipt

Clock = Callable[[], datetime]
Entry = dict[str, Any]


class Ledger:
    """Append-only; every reception is a line, `effect` is true on the first of each message id."""

    def __init__(self, path: Path | None, *, prefix: str, clock: Clock) -> None:
        self._path, self._prefix, self._clock, self._lock = path, prefix, clock, Lock()
        self.entries: list[Entry] = list(_read(path)) if path else []
        self._first = {entry["message_id"]: entry for entry in self.effects()}

    def effects(self) -> Iterator[Entry]:
        """The receptions that changed something, in their order."""
        return (entry for entry in self.entries if entry["effect"])

    def log(self) -> list[Entry]:
        """Every reception as one flat row, in their order."""
        rows = list(self.entries)
        return [{**{name: row[name] for name in row if name != "content"}, **row["content"]} for row in rows]

    def take(self, message_id: UUID, content: Mapping[str, str], rule: Callable[[], None]) -> Receipt:
        """Receive one message: `rule` runs on its first reception only and may refuse it."""
        with self._lock:
            first = self._first.get(str(message_id))
            if first is None:
                rule()
                number, at = f"{self._prefix}-{len(self._first) + 1:08d}", self._clock().isoformat()
            elif first["content"] != content:
                raise Refused("message_id.used_for_another_message")
            else:
                number, at = first["number"], first["at"]
            seen: Entry = {"message_id": str(message_id), "number": number, "at": at, "effect": first is None}
            self._write({**seen, "content": dict(content)})
            return Receipt(number=number, at=datetime.fromisoformat(at))

    def _write(self, entry: Entry) -> None:
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self.entries.append(entry)
        if entry["effect"]:
            self._first[entry["message_id"]] = entry


def _read(path: Path) -> Iterator[Entry]:
    """Every whole line; the torn last line of a killed process is cut off, so that the next one starts clean."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return (json.loads(line) for line in whole.splitlines())
