"""Papers that are made from the code say what the code says."""

import runpy

from tests.house.sources import ROOT


def test_states_and_permissions_are_up_to_date() -> None:
    generator = runpy.run_path(str(ROOT / "docs" / "generate.py"), run_name="docs.generate")

    assert generator["stale"]() == []
