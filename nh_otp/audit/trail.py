"""The page a command fills in; `nh_otp.command` is the only one who files it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.db import connection

from nh_otp.access import Actor
from nh_otp.audit.models import Outcome

ENTRY_VERSION = 1
LONGEST_FACT = 120
INSERT = "INSERT INTO audit_entry (id, entry) VALUES (%s, %s)"


class Referable(Protocol):
    """Anything an entry can be about: it has a public reference."""

    @property
    def ref(self) -> str: ...


class SaysNothing(AssertionError):
    """A command finished without saying what it was about."""


class UndeclaredFact(AssertionError):
    """A command wrote a fact its action has not declared: personal data could slip in."""


@dataclass(slots=True)
class Trail:
    """Subjects and facts of one action; the facts it may hold are a closed list. `at` is the command's moment."""

    action: str
    allowed: Collection[str] = ()
    at: datetime = field(kw_only=True)
    subjects: list[tuple[str, str]] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    already_told: bool = False

    def about(self, *things: Referable, **facts: object) -> None:
        """Name the things this action touched and the facts worth keeping."""
        for thing in things:
            subject = (type(thing).__name__, thing.ref)
            if subject not in self.subjects:
                self.subjects.append(subject)
        self.fact(**facts)

    def fact(self, **facts: object) -> None:
        """Keep facts, each declared by the action."""
        undeclared = set(facts) - set(self.allowed)
        if undeclared:
            raise UndeclaredFact(f"{self.action}: {sorted(undeclared)}")
        self.facts |= {name: _plain(value) for name, value in facts.items()}

    def nothing_new(self) -> None:
        """This action is on record already (a second look within the policy's time): write no second entry."""
        self.already_told = True

    def file(self, *, by: Actor, outcome: Outcome, code: str = "") -> None:
        """Write the entry as canonical text: sorted keys, no spaces, no floats, its own key."""
        if self.already_told and outcome is Outcome.DONE:
            return
        if outcome is Outcome.DONE and not self.subjects:
            raise SaysNothing(self.action)
        key = uuid.uuid4()
        with connection.cursor() as cursor:
            cursor.execute(INSERT, [key, self._text(key, by, outcome, code)])

    def _text(self, key: uuid.UUID, by: Actor, outcome: Outcome, code: str) -> str:
        entry = {
            "v": ENTRY_VERSION,
            "id": str(key),
            "made_at": self.at.isoformat(),
            "action": self.action,
            "outcome": outcome.value,
            "code": code,
            "staff_no": by.staff_no,
            "role": by.role.value,
            "branch": by.branch_code,
            "terminal": by.terminal,
            "ip": by.ip,
            "session": by.session,
            "subjects": [list(subject) for subject in self.subjects],
            "facts": self.facts,
        }
        return json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> object:
    """What an entry may hold: words and whole numbers, never a model or a long text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)[:LONGEST_FACT]
