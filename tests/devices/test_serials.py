"""A serial is what is printed on the device, however it reached us."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.serials import LONGEST, passes_luhn, spelled


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("261100483317", "261100483317"),
        ("000100483317", "000100483317"),
        ("kr2611a", "KR2611A"),
        (" 2611-0048.3317_/ ", "261100483317"),
        ("\x02261100483317\r\n", "261100483317"),
        ("2611\u200b0048\ufeff3317", "261100483317"),
        ("ㅏㄱ2611ㅁ", "KR2611A"),
        ("값없", "RKQTDJQT"),
        ("ㅆㅒㅖ", "TOP"),
    ],
)
def test_a_scanner_or_a_hand_in_any_mode_means_the_serial_on_the_device(typed: str, meant: str) -> None:
    assert spelled(typed) == meant


@pytest.mark.parametrize(
    "text", ["", " ", "\r\n", "*", "%", "2611*", "2611%", "_%_%", "２６１１", "2611é", "漢2611", "1" * 21]
)
def test_what_no_device_carries_is_no_serial(text: str) -> None:
    assert spelled(text) == ""


@given(st.text(max_size=40))
def test_a_serial_is_found_once_and_never_holds_a_wildcard(text: str) -> None:
    serial = spelled(text)

    assert spelled(serial) == serial
    assert len(serial) <= LONGEST
    assert serial == "" or (serial.isascii() and serial.isalnum() and serial == serial.upper())


@pytest.mark.parametrize(
    ("serial", "passes"), [("79927398713", True), ("79927398710", False), ("0", True), ("A1", False)]
)
def test_a_check_digit_proves_that_a_serial_was_read_rightly(serial: str, passes: bool) -> None:
    assert passes_luhn(serial) is passes


@given(st.text("0123456789", min_size=1, max_size=19), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    serial = next(f"{digits}{last}" for last in range(10) if passes_luhn(f"{digits}{last}"))
    place = data.draw(st.integers(0, len(serial) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != serial[place]]))

    assert not passes_luhn(serial[:place] + other + serial[place + 1 :])
