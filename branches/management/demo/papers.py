"""The demo's files: secrets for the virtual device, and a page that says how to sign in. For the owner's eyes only."""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from branches.management.demo.chance import Chance
from branches.management.demo.organisation import OFFICES, PASSWORD, POSTS, second_factor
from branches.management.demo.things import Thing

DEVICES, STAFF, SIGN_INS = "devices.jsonl", "staff.jsonl", "sign_ins.txt"
WIDE = frozenset("WF")
HEAD = ("직원번호", "이름", "역할", "지점", "비밀번호")


def write_all(folder: Path, things: Sequence[Thing], chance: Chance) -> None:
    """Write the three files."""
    _write(folder / DEVICES, _lines(_device(thing) for thing in things))
    _write(folder / STAFF, _lines(_staff(chance)))
    _write(folder / SIGN_INS, sign_ins())


def _device(thing: Thing) -> Mapping[str, object]:
    made = thing.made
    return {
        "serial": made.serial,
        "vendor": thing.model.vendor,
        "secret_base32": base64.b32encode(made.secret).decode(),
        "algorithm": made.algorithm,
        "digits": made.digits,
        "period": made.period,
        "kind": thing.model.kind.value,
        "label": thing.label,
    }


def _staff(chance: Chance) -> Iterable[Mapping[str, object]]:
    for post in POSTS:
        yield {
            "staff_no": post.staff_no,
            "name": post.name,
            "role": post.role.value,
            "branch": OFFICES[post.branch].full_name,
            "totp_base32": second_factor(chance, post.staff_no),
        }


def sign_ins() -> str:
    """A short table for whoever starts the demo; the launcher says where second factors are shown."""
    rows = [
        (post.staff_no, f"{post.name} {post.title}", post.role.label, OFFICES[post.branch].full_name, PASSWORD)
        for post in POSTS
    ]
    widths = [max(map(_width, column)) for column in zip(HEAD, *rows, strict=True)]
    table = "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (HEAD, *rows)
    )
    return f"시연용 로그인\n\n{table}\n"


def _width(text: str) -> int:
    """Columns on a terminal: Hangul takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in text)


def _lines(rows: Iterable[Mapping[str, object]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write(path: Path, text: str) -> None:
    """A file appears whole or not at all, and only its owner may read it."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    unfinished.replace(path)
