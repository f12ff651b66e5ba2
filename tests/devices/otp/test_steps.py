from datetime import UTC, datetime, timedelta, timezone

import pytest

from devices.otp import Parameters, code_at, step_at
from devices.states import Algorithm

SEED = b"12345678901234567890"
SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("second", "period", "step"),
    [(0, 30, 0), (29, 30, 0), (30, 30, 1), (59, 60, 0), (60, 60, 1), (1111111109, 30, 0x23523EC)],
)
def test_a_step_is_the_number_of_whole_periods_since_1970(second: int, period: int, step: int) -> None:
    assert step_at(datetime.fromtimestamp(second, tz=UTC), period) == step


def test_the_last_microsecond_still_belongs_to_its_step() -> None:
    last = datetime(2026, 3, 2, 9, 0, 59, 999999, tzinfo=UTC)

    assert step_at(last + timedelta(microseconds=1), 60) == step_at(last, 60) + 1


def test_seoul_and_greenwich_are_in_the_same_step() -> None:
    assert step_at(datetime(2026, 3, 2, 18, 0, tzinfo=SEOUL), 60) == step_at(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), 60)


@pytest.mark.parametrize("second", [2**32 - 1, 2**32, 2**33])
def test_steps_go_on_after_2106(second: int) -> None:
    assert step_at(datetime.fromtimestamp(second, tz=UTC), 30) == second // 30


def test_the_counter_is_hashed_with_all_its_64_bits() -> None:
    parameters = Parameters(Algorithm.SHA1, 8, 30)

    # oathtool --hotp -d 8 -c 8589934592 of the same seed; a 32-bit counter would give the code of step 0
    assert code_at(SEED, parameters, 2**33) == "11166590"
    assert code_at(SEED, parameters, 2**33) != code_at(SEED, parameters, 0)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        step_at(datetime(2026, 3, 2, 9, 0), 30)  # noqa: DTZ001 – the mistake this test is about


def test_a_moment_before_1970_is_refused() -> None:
    with pytest.raises(ValueError, match="1970"):
        step_at(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), 30)
