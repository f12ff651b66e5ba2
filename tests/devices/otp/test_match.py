"""A customer reads a code to the teller: which moment of the device was it?"""

import hashlib

import pytest

from devices.otp import Parameters, code_at, match, match_pair
from devices.states import Algorithm

SEED = b"12345678901234567890"
TOKEN = Parameters(Algorithm.SHA1, 6, 60)
NOW = 29_000_000
COLLIDING_SEED = hashlib.sha256(b"collision 38").digest()[:20]
COLLIDING_STEPS = 1003, 1050


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_code_within_one_step_is_found_at_its_own_step(late: int) -> None:
    code = code_at(SEED, TOKEN, NOW + late)

    assert match(SEED, TOKEN, code, around=NOW, window=1, drift=0) == NOW + late


@pytest.mark.parametrize("late", [-2, 2, 60])
def test_a_code_outside_the_window_is_wrong(late: int) -> None:
    code = code_at(SEED, TOKEN, NOW + late)

    assert match(SEED, TOKEN, code, around=NOW, window=1, drift=0) is None


def test_a_device_known_to_be_slow_is_looked_for_where_it_is() -> None:
    code = code_at(SEED, TOKEN, NOW - 8)

    assert match(SEED, TOKEN, code, around=NOW, window=1, drift=-7) == NOW - 8
    assert match(SEED, TOKEN, code, around=NOW, window=1, drift=0) is None


def test_another_devices_code_is_wrong() -> None:
    code = code_at(b"another device's seed", TOKEN, NOW)

    assert match(SEED, TOKEN, code, around=NOW, window=1, drift=0) is None


def test_the_window_is_cut_off_at_the_first_step_of_1970() -> None:
    assert match(SEED, TOKEN, "755224", around=0, window=60, drift=-10) == 0


@pytest.mark.parametrize(("around", "nearest"), [(1003, 1003), (1026, 1003), (1027, 1050), (1050, 1050)])
def test_of_two_steps_sharing_a_code_the_one_nearest_the_centre_counts(around: int, nearest: int) -> None:
    earlier, later = COLLIDING_STEPS
    code = code_at(COLLIDING_SEED, TOKEN, earlier)

    found = match(COLLIDING_SEED, TOKEN, code, around=around, window=60, drift=0)

    assert code == code_at(COLLIDING_SEED, TOKEN, later)
    assert found == nearest


def test_of_two_steps_equally_near_the_later_counts_so_that_both_are_burnt() -> None:
    seed = hashlib.sha256(b"collision 718").digest()[:20]
    earlier, later = 1060, 1106
    code = code_at(seed, TOKEN, earlier)

    found = match(seed, TOKEN, code, around=1083, window=60, drift=0)

    assert code == code_at(seed, TOKEN, later)
    assert found == later


@pytest.mark.parametrize("off", [-60, -31, 0, 17, 59])
def test_two_consecutive_codes_are_found_anywhere_in_the_wide_window(off: int) -> None:
    first, second = code_at(SEED, TOKEN, NOW + off), code_at(SEED, TOKEN, NOW + off + 1)

    assert match_pair(SEED, TOKEN, first, second, around=NOW, window=60, drift=0) == NOW + off + 1


@pytest.mark.parametrize("off", [-61, 60, 500])
def test_two_consecutive_codes_are_wrong_as_soon_as_one_is_outside(off: int) -> None:
    first, second = code_at(SEED, TOKEN, NOW + off), code_at(SEED, TOKEN, NOW + off + 1)

    assert match_pair(SEED, TOKEN, first, second, around=NOW, window=60, drift=0) is None


@pytest.mark.parametrize(
    ("first", "second"), [(1, 0), (0, 0), (0, 2)], ids=["reversed", "same code twice", "one skipped"]
)
def test_two_codes_that_do_not_follow_each_other_are_wrong(first: int, second: int) -> None:
    codes = code_at(SEED, TOKEN, NOW + first), code_at(SEED, TOKEN, NOW + second)

    assert match_pair(SEED, TOKEN, *codes, around=NOW, window=60, drift=0) is None


def test_one_right_code_and_a_guess_are_wrong() -> None:
    right = code_at(SEED, TOKEN, NOW)

    assert match_pair(SEED, TOKEN, right, "000000", around=NOW, window=60, drift=0) is None
    assert match_pair(SEED, TOKEN, "000000", right, around=NOW, window=60, drift=0) is None
    assert match_pair(SEED, TOKEN, right, "", around=NOW, window=60, drift=0) is None
