"""The one box: what a teller types, and what is understood."""

from datetime import date

import pytest

from branches.queries.keyboard import as_initials
from branches.queries.search import CaseNumber, Facts, Screen, TooFewFacts, Unreadable, days_in, understand

TODAY = date(2026, 11, 23)
BORN = (date(1984, 3, 12),)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ㄱㅅㅇ", "ㄱㅅㅇ"),
        ("ㄳㅇ", "ㄱㅅㅇ"),
        ("rtd", "ㄱㅅㅇ"),
        ("RTd", "ㄲㅆㅇ"),
        ("REQTW", "ㄲㄸㅃㅆㅉ"),
        ("ASD", "ㅁㄴㅇ"),
        ("qwertasdfgzxcv", "ㅂㅈㄷㄱㅅㅁㄴㅇㄹㅎㅋㅌㅊㅍ"),
        ("kim", ""),
        ("김서연", ""),
        ("ㅏㅓ", ""),
        ("r1", ""),
        ("", ""),
    ],
)
def test_initials_are_read_in_either_keyboard_mode(typed: str, meant: str) -> None:
    assert as_initials(typed) == meant


@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("1210", Screen("1210")),
        ("RI-261123-000147", CaseNumber("RI-261123-000147")),
        ("ri261123000147", CaseNumber("RI-261123-000147")),
        ("ㄱㅅㅇ 840312", Facts(initials="ㄱㅅㅇ", births=BORN)),
        ("rtd 840312", Facts(initials="ㄱㅅㅇ", births=BORN)),
        ("840312 ㄱㅅㅇ", Facts(initials="ㄱㅅㅇ", births=BORN)),
        ("김서연, 1984-03-12", Facts(name="김서연", births=BORN)),
        ("김 서연 19840312", Facts(name="김서연", births=BORN)),
        ("Maria Kim 840312", Facts(name="MARIAKIM", births=BORN)),
        ("840312 3481", Facts(births=BORN, phone_tail="3481")),
        ("010-2345-3481 김서연", Facts(name="김서연", phone="01023453481")),
        ("01023453481", Facts(phone="01023453481")),
        ("301-0123-4567-82 840312", Facts(numbers=("3010123456782",), births=BORN)),
        ("3010123456", Facts(numbers=("3010123456",))),
        ("2104-7731-0952 840312", Facts(numbers=("210477310952",), births=BORN)),
        ("210477310952 301-0123-4567-82", Facts(numbers=("210477310952", "3010123456782"))),
        ("tk-2104-7731 840312", Facts(serial="TK21047731", births=BORN)),
        ("301-0123-4567-82 TK21047731", Facts(numbers=("3010123456782",), serial="TK21047731")),
        ("123456789012345 김서연", Facts(name="김서연", serial="123456789012345")),
        ("김서연", Facts(name="김서연")),
        ("840312", Facts(births=BORN)),
        ("  ㄱㅅㅇ   840312 ", Facts(initials="ㄱㅅㅇ", births=BORN)),
    ],
)
def test_what_is_typed_is_understood_by_its_shape(typed: str, sought: object) -> None:
    assert understand(typed, on=TODAY) == sought


@pytest.mark.parametrize("typed", ["", "   ", "12345", "ㄱㅅㅇ 841399", "김서연 99999999", "1" * 21, "TK-1-----"])
def test_what_has_no_shape_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable):
        understand(typed, on=TODAY)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("840312", (date(1984, 3, 12),)),
        ("250312", (date(2025, 3, 12), date(1925, 3, 12))),
        ("261124", (date(1926, 11, 24),)),
        ("261123", (date(2026, 11, 23), date(1926, 11, 23))),
        ("000229", (date(2000, 2, 29),)),
        ("19840312", (date(1984, 3, 12),)),
        ("20261124", ()),
        ("19830229", ()),
        ("8403", ()),
    ],
)
def test_a_day_has_every_reading_that_is_not_in_the_future(typed: str, days: tuple[date, ...]) -> None:
    assert days_in(typed, on=TODAY) == days


@pytest.mark.parametrize(
    "typed",
    ["김서연", "ㄱㅅㅇ", "840312", "01023453481", "3010123456782", "010-2345-3481 3481", "210477310952", "TK21047731"],
)
def test_one_fact_alone_finds_nobody(typed: str) -> None:
    sought = understand(typed, on=TODAY)

    assert isinstance(sought, Facts)
    with pytest.raises(TooFewFacts):
        sought.must_suffice()


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("ㄱㅅㅇ 840312", ("name", "birth")),
        ("840312 3481", ("birth", "phone")),
        ("김서연 3010123456782", ("name", "account")),
        ("01023453481 3010123456782", ("phone", "account")),
        ("TK21047731 840312", ("birth", "serial")),
    ],
)
def test_two_facts_suffice_and_only_their_kinds_are_told(typed: str, kinds: tuple[str, ...]) -> None:
    sought = understand(typed, on=TODAY)

    assert isinstance(sought, Facts)
    sought.must_suffice()
    assert sought.kinds == kinds


def test_a_number_is_a_device_if_such_a_device_is_known_and_an_account_otherwise() -> None:
    both = Facts(numbers=("3010123456782", "210477310952"))

    assert both.read(devices={"210477310952"}) == Facts(account="3010123456782", serial="210477310952")
    assert both.read(devices=()).kinds == ("account",)
    assert Facts(serial="TK21047731").read(devices=()) == Facts(serial="TK21047731")
