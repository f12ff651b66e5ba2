"""The house's own Python files as trees, for rules that linters cannot say."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("nh_otp", "branches", "devices")


@dataclass(frozen=True)
class Source:
    """One file: its path below the checkout, its text and its tree."""

    name: str
    text: str
    tree: ast.Module

    def is_in(self, *places: str) -> bool:
        """Is it one of these files, or below one of these folders (`web/` anywhere, `nh_otp/doors.py` exactly)?"""
        return any(self.name == place or f"/{place}" in f"/{self.name}" for place in places)


@cache
def sources(*roots: str) -> tuple[Source, ...]:
    return tuple(_read(roots))


def _read(roots: tuple[str, ...]) -> Iterator[Source]:
    for root in roots:
        for path in sorted((ROOT / root).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text()
                yield Source(str(path.relative_to(ROOT)), text, ast.parse(text))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def methods(tree: ast.AST) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef):
                    yield node, part
