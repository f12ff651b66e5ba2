import pytest

from devices.otp import learn_drift


def test_a_device_found_where_it_was_expected_keeps_its_drift() -> None:
    assert learn_drift(-3, 0, 10) == -3


def test_a_device_that_lost_another_step_is_expected_there_next_time() -> None:
    assert learn_drift(-3, -1, 10) == -4


@pytest.mark.parametrize(("current", "observed", "kept"), [(10, 1, 10), (0, 45, 10), (-10, -1, -10), (0, -60, -10)])
def test_drift_is_never_learnt_beyond_the_cap(current: int, observed: int, kept: int) -> None:
    assert learn_drift(current, observed, 10) == kept
