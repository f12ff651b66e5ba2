import pyotp
import pytest

from devices.otp import Parameters, is_code, match
from devices.states import Algorithm

SEED = b"12345678901234567890"
NOT_SIX_DIGITS = [
    "",
    "12345",
    "1234567",
    "１２３４５６",
    "٠١٢٣٤٥",
    "12345６",
    "²23456",
    " 123456",
    "123456 ",
    "123 456",
    "123456\n",
    "\n123456",
    "123456\r\n",
    "12345\x00",
    "123456\x00",
    "+12345",
    "-12345",
    "1_2_3_",
    "12345_",
    "0x1234",
    "1234.5",
    "12345a",
    "\u200b12345",
    "\ud80012345",
]


def test_six_ascii_digits_are_a_code() -> None:
    assert is_code("012345", 6)


def test_eight_ascii_digits_are_a_code_of_an_eight_digit_device() -> None:
    assert is_code("00123456", 8)
    assert not is_code("123456", 8)


@pytest.mark.parametrize("typed", NOT_SIX_DIGITS, ids=ascii)
def test_anything_else_is_not_a_code(typed: str) -> None:
    assert not is_code(typed, 6)
    assert match(SEED, Parameters(Algorithm.SHA1, 6, 30), typed, around=1, window=1, drift=0) is None


def test_full_width_digits_of_the_right_code_are_not_accepted_although_pyotp_would() -> None:
    parameters = Parameters(Algorithm.SHA1, 6, 30)
    full_width = "２８７０８２"

    assert pyotp.HOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").verify(full_width, 1)
    assert match(SEED, parameters, full_width, around=1, window=1, drift=0) is None


@pytest.mark.parametrize(("digits", "period"), [(7, 30), (5, 30), (6, 0), (6, -30), (6, 45), (10, 60)])
def test_no_product_has_other_digits_or_periods(digits: int, period: int) -> None:
    with pytest.raises(ValueError, match="no product"):
        Parameters(Algorithm.SHA1, digits, period)
