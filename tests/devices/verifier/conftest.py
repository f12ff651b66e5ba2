import pytest

from devices.verifier import claims
from nh_otp.policy import POLICY


@pytest.fixture(autouse=True)
def patient_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still in these tests: on a slow machine that alone must not look like a wrong clock."""
    monkeypatch.setitem(claims.LIMITS, "clock_difference", 60.0)


@pytest.fixture
def strict_clocks(patient_clocks: None, monkeypatch: pytest.MonkeyPatch) -> float:
    """The bank's own limit, in seconds."""
    limit = POLICY.clock_difference.total_seconds()
    monkeypatch.setitem(claims.LIMITS, "clock_difference", limit)
    return limit
