"""Programs of the bank that work with a member of staff's session."""

import pytest

from tests.branches.api.program import Program
from tests.factories.cast import Cast


@pytest.fixture
def teller(cast: Cast) -> Program:
    return Program.of(cast.teller)


@pytest.fixture
def supervisor(cast: Cast) -> Program:
    return Program.of(cast.supervisor)
