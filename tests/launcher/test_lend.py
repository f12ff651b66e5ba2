"""Commands typed beside `make run` speak to the running demo, and to nothing else once they are told where to go."""

from __future__ import annotations

from pathlib import Path

import pytest

from nh_otp.launcher import lend

APP = {"NH_OTP_MODE": "demo", "DATABASE_URL": "postgres://app", "NH_OTP_DATA_KEYS_FILE": "data"}
VERIFIER = {"NH_OTP_MODE": "demo", "DATABASE_URL": "postgres://verifier", "NH_OTP_SEED_KEYS_FILE": "seed"}


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NH_OTP_DATA", str(tmp_path))
    lend.put_down(tmp_path / "lent", {"app": APP, "verifier": VERIFIER})
    return tmp_path


@pytest.mark.parametrize(("verb", "lent"), [("relay", APP), ("import_devices", VERIFIER), ("rotate_keys", VERIFIER)])
def test_a_command_borrows_what_its_role_may_know(demo: Path, verb: str, lent: dict[str, str]) -> None:
    environ: dict[str, str] = {}

    lend.borrow(["manage.py", verb], environ)

    assert environ == lent


@pytest.mark.parametrize("name", ["NH_OTP_MODE", "DATABASE_URL"])
def test_a_configured_command_borrows_nothing(demo: Path, name: str) -> None:
    environ = {name: "given"}

    lend.borrow(["manage.py", "import_devices"], environ)

    assert environ == {name: "given"}


def test_where_no_demo_ran_there_is_nothing_to_borrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NH_OTP_DATA", str(tmp_path))
    environ: dict[str, str] = {}

    lend.borrow(["manage.py", "relay"], environ)

    assert environ == {}


def test_what_is_lent_is_readable_by_its_owner_only(demo: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in (demo / "lent").iterdir()}

    assert modes == {0o600}
