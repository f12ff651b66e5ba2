"""What of a person's data may be seen."""

from datetime import date

import pytest

from nh_otp import masks


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("김서연", "김*연"),
        ("이산", "이*"),
        ("남궁민수", "남**수"),
        ("독고", "독*"),
        ("김 서연", "김*연"),
        ("MARIA KIM", "M**** K**"),
        ("Wu", "W*"),
        ("O", "O*"),
        ("김", "김*"),
        ("가온상사(주)", "가*****)"),
    ],
)
def test_a_name_keeps_its_first_and_last_letter(full: str, shown: str) -> None:
    assert masks.name(full) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("010-2345-3481", "010-****-3481"),
        ("01023453481", "010-****-3481"),
        ("02-123-4567", "02-****-4567"),
        ("031-123-4567", "031-****-4567"),
        ("1234", "****"),
        ("", "****"),
    ],
)
def test_a_phone_keeps_its_prefix_and_last_four_digits(number: str, shown: str) -> None:
    assert masks.phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("301-0123-4567-82", "301-****-**82"), ("30101234567", "301-****-**67"), ("123", "****")],
)
def test_an_account_keeps_its_first_three_and_last_two_digits(number: str, shown: str) -> None:
    assert masks.account(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("K-201131", "K-20**-31"), ("K000012", "K-00**-12"), ("2011031", "20**-31"), ("K12", "K-****")],
)
def test_a_customer_number_keeps_two_digits_at_each_end(number: str, shown: str) -> None:
    assert masks.customer_no(number) == shown


def test_of_a_birth_date_the_year_is_seen() -> None:
    assert masks.birth(date(1984, 3, 12)) == "1984**"
