"""What the tests of the ground share: commands of their own, which the house does not keep."""

from collections.abc import Iterator

import pytest

from nh_otp.command import COMMANDS


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """A test's own commands leave the register with it."""
    before = dict(COMMANDS)
    yield
    COMMANDS.clear()
    COMMANDS.update(before)
