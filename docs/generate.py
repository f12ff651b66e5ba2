"""Write docs/states.md and docs/permissions.md from the code; `--check` fails when they are stale."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from django.db.models import TextChoices

from branches import states as branches
from devices import states as devices
from nh_otp.four_eyes import states as four_eyes
from nh_otp.access import GRANTS, Permission, Role

FOLDER = Path(__file__).parent
Table = Mapping[tuple[TextChoices, StrEnum], TextChoices]


def states() -> str:
    """Every state machine as a table of state, step and what follows."""
    parts = [
        _machine("Reissue case (재발급 건)", branches.TRANSITIONS, branches.BIRTHS),
        _machine("Request for approval (승인 요청)", four_eyes.APPROVAL_TRANSITIONS, [four_eyes.ApprovalState.PENDING]),
        _machine("Device (기기)", devices.TRANSITIONS, devices.BIRTHS),
        _machine("Device service (기기 업무)", devices.SERVICE_TRANSITIONS, [devices.ServiceState.OPEN]),
    ]
    return _page("States", "\n".join(parts))


def _machine(title: str, table: Table, births: Iterable[TextChoices]) -> str:
    rows = "\n".join(
        f"| `{before}` {before.label} | {step} | `{after}` {after.label} |" for (before, step), after in table.items()
    )
    born = ", ".join(f"`{state}` {state.label}" for state in births)
    rule = f"Begins in {born}. Every pair not listed is refused, by Python and by PostgreSQL."
    return f"## {title}\n\n{rule}\n\n| From | Step | To |\n|---|---|---|\n{rows}\n"


def permissions() -> str:
    """Who may do what."""
    head = "| Permission | " + " | ".join(f"{role.label}" for role in Role) + " |"
    line = "|---|" + "---|" * len(Role)
    rows = (
        f"| `{each.value}` | " + " | ".join("●" if each in GRANTS[role] else "" for role in Role) + " |"
        for each in Permission
    )
    return _page("Permissions", "\n".join([head, line, *rows]) + "\n")


def _page(title: str, body: str) -> str:
    return f"# {title}\n\nMade by `docs/generate.py` from the code; do not edit.\n\n{body}"


PAGES = {"states.md": states, "permissions.md": permissions}


def stale() -> list[str]:
    """The pages that no longer say what the code says."""
    return [name for name, page in PAGES.items() if not _is_current(FOLDER / name, page())]


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(f"stale: {', '.join(stale())}" if stale() else 0)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page())
