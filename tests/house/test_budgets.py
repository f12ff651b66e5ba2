"""How long things may be, and that every exception says why."""

import ast
import re

import pytest

from tests.house.sources import PRODUCT, functions, sources

LONGEST_FUNCTION = 30  # lines of its own: without docstring and functions inside it
LONGEST_MODULE = {"nh_otp": 250, "branches": 250, "devices": 250, "bench": 250, "tests": 400}
EXCEPTION = re.compile(r"#\s*(noqa(?P<code>:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[\w-]+(,\s*[\w-]+)*\])?)(?P<rest>.*)")


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    inside = [node for node in ast.walk(function) if node is not function and isinstance(node, ast.FunctionDef)]
    outermost = [node for node in inside if not any(node in ast.walk(other) for other in inside if other is not node)]
    hidden = sum(length(node) for node in outermost)
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        hidden += length(first)
    return length(function) - hidden


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_function_is_longer_than_a_screenful() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name}: {own_lines(function)}"
        for source in sources(*PRODUCT)
        for function in functions(source.tree)
        if own_lines(function) > LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("root", LONGEST_MODULE)
def test_no_module_is_longer_than_its_budget(root: str) -> None:
    lines = {source.name: source.text.count("\n") for source in sources(root)}

    assert {name: count for name, count in lines.items() if count > LONGEST_MODULE[root]} == {}


def test_every_exception_to_a_rule_says_why() -> None:
    silent = [
        f"{source.name}:{number}"
        for source in sources(*PRODUCT, "tests", "bench")
        for number, line in enumerate(source.text.splitlines(), 1)
        if (found := EXCEPTION.search(line))
        if not re.search(r"\w{3,}", found["rest"]) or (found[1].startswith("noqa") and not found["code"])
    ]

    assert silent == []
