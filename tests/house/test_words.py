"""Every term of the screens and the records stands in the glossary."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import TextChoices

from nh_otp.access import Permission
from nh_otp.command import COMMANDS
from tests.house.sources import PRODUCT, ROOT
from tests.house.test_commands import load_all

GLOSSARY = ROOT / "docs" / "glossary.md"


def choices(parent: type[TextChoices] = TextChoices) -> Iterator[type[TextChoices]]:
    for child in parent.__subclasses__():
        if child.__module__.split(".")[0] in PRODUCT:
            yield child
        yield from choices(child)


@pytest.fixture(scope="module")
def glossary() -> str:
    return GLOSSARY.read_text()


def test_every_label_is_in_the_glossary(glossary: str) -> None:
    assert apps.ready
    missing = [
        f"{kind.__name__}.{each.name}: {each.label}"
        for kind in choices()
        for each in kind
        if str(each.label) not in glossary
    ]

    assert missing == []


def test_every_permission_is_in_the_glossary(glossary: str) -> None:
    assert [each.name for each in Permission if each.name not in glossary] == []


def test_every_audit_action_is_in_the_glossary(glossary: str) -> None:
    load_all()

    assert sorted(command.action for command in COMMANDS.values() if command.action not in glossary) == []
