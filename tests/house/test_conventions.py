"""Conventions of ARCHITECTURE.md that no linter knows."""

import ast

from tests.house.sources import PRODUCT, Source, functions, methods, sources

DOORS = ("web/", "api/", "nh_otp/doors/", "nh_otp/sign_in.py", "nh_otp/verifier_app/__init__.py")
MAY_LOOK_AT_THE_CLOCK = (*DOORS, "tasks.py", "tasks/", "management/commands/", "errands/", "nh_otp/command.py")
OUTSIDE_THE_HOUSE = ("nh_otp/launcher/", "nh_otp/gateways/", "nh_otp/logs.py")
MAY_NAME_THE_SEED_RING = (
    "nh_otp/settings.py",
    "nh_otp/wsgi.py",
    "nh_otp/checks.py",
    "nh_otp/verifier_app/__init__.py",
    "devices/verifier/",
    "nh_otp/launcher/",
)


def product() -> tuple[Source, ...]:
    return sources(*PRODUCT)


def is_clock(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
        and ast.unparse(node.func.value).split(".")[-1] in {"timezone", "datetime", "date"}
    )


def sets_state(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets)


def test_a_state_changes_in_take_only() -> None:
    guilty = []
    for source in product():
        inside = {id(node) for each in functions(source.tree) if each.name == "take" for node in ast.walk(each)}
        guilty += [
            f"{source.name}:{node.lineno}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Assign | ast.AugAssign) and sets_state(node) and id(node) not in inside
        ]

    assert guilty == []


def test_time_comes_in_as_an_argument() -> None:
    guilty = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if not source.is_in(*MAY_LOOK_AT_THE_CLOCK, *OUTSIDE_THE_HOUSE)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and is_clock(node)
    ]

    assert guilty == []


def test_no_model_hides_a_rule_in_save_or_clean() -> None:
    guilty = [
        f"{source.name}: {owner.name}.{method.name}"
        for source in product()
        if source.is_in("models/", "models.py")
        for owner, method in methods(source.tree)
        if method.name in {"save", "delete", "clean", "full_clean"}
    ]

    assert guilty == []


def imports_signals(node: ast.ImportFrom) -> bool:
    module = node.module or ""
    imported = {name.name for name in node.names}
    return "signals" in {*module.split("."), *imported} or module == "django.dispatch"


def test_nobody_listens_for_signals() -> None:
    guilty = [
        f"{source.name}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and imports_signals(node)
    ]

    assert guilty == []


def test_the_seed_ring_is_named_where_it_is_opened_or_refused_and_nowhere_else() -> None:
    guilty = [
        source.name
        for source in product()
        if "SEED_KEYS_FILE" in source.text and not source.is_in(*MAY_NAME_THE_SEED_RING)
    ]

    assert guilty == []


def test_no_verb_is_vague() -> None:
    vague = ("process_", "handle_", "manage_", "do_")
    guilty = [
        f"{source.name}: {function.name}"
        for source in product()
        if source.is_in("commands/", "errands/")
        for function in functions(source.tree)
        if function.name.startswith(vague)
    ]

    assert guilty == []


def opens_a_gateway(node: ast.AST) -> bool:
    # a value type comes from the gateway's own module; the package itself hands out what speaks to the outside
    if isinstance(node, ast.ImportFrom):
        return node.module == "nh_otp.gateways" or (node.module or "").startswith("nh_otp.gateways.http")
    return isinstance(node, ast.Import) and any(name.name.startswith("nh_otp.gateways") for name in node.names)


def test_only_errands_and_tasks_open_a_gateway() -> None:
    guilty = [
        f"{source.name}:{node.lineno}"
        for source in product()
        if not source.is_in("errands/", "tasks.py", "tasks/", "nh_otp/gateways/")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and opens_a_gateway(node)
    ]

    assert guilty == []
