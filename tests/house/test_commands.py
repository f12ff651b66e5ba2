"""What every command of the house looks like."""

import inspect
import pkgutil
from importlib import import_module

import pytest

from nh_otp.access import GRANTS, Permission
from nh_otp.command import COMMANDS


def load_all() -> list[str]:
    for package in ("branches.commands", "devices.commands"):
        for module in pkgutil.iter_modules(import_module(package).__path__, package + "."):
            import_module(module.name)
    return sorted(COMMANDS)


@pytest.mark.parametrize("name", load_all())
def test_a_command_takes_keywords_only_and_is_told_first_who_acts(name: str) -> None:
    parameters = list(inspect.signature(COMMANDS[name].run).parameters.values())[1:]

    assert parameters[0].name == "by"
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.KEYWORD_ONLY}


def test_every_permission_is_granted_to_someone_and_every_command_needs_a_granted_one() -> None:
    granted = frozenset().union(*GRANTS.values())

    assert granted == set(Permission)
    assert {COMMANDS[name].needs for name in load_all()} <= granted
