"""What is planned before anything is written: the same people and devices for the same number and day."""

from collections import Counter
from datetime import date, timedelta

from branches.management.demo import organisation, people, things
from branches.management.demo.chance import Chance, seeded
from branches.models import CustomerType
from devices.models import ProductKind
from nh_otp.access import Role

TODAY = date(2026, 11, 23)
CHANCE = seeded(1)


def planned(chance: Chance, on: date = TODAY) -> tuple[list[people.Person], list[things.Thing]]:
    everybody = people.everybody(chance, total=300, today=on)
    return everybody, things.planned(chance, people=everybody, in_stock=45, today=on)


def test_one_number_makes_one_demo_down_to_the_secrets() -> None:
    once, again, other = planned(seeded(1)), planned(seeded(1)), planned(seeded(2))

    assert once == again
    assert {thing.made.secret for thing in once[1]}.isdisjoint(thing.made.secret for thing in other[1])


def test_a_demo_of_next_year_has_the_same_devices_one_year_younger() -> None:
    now, later = planned(CHANCE)[1], planned(CHANCE, TODAY + timedelta(days=365))[1]

    assert [thing.made.secret for thing in now] == [thing.made.secret for thing in later]
    assert {
        (then.made.expires_on or TODAY) - (thing.made.expires_on or TODAY)
        for thing, then in zip(now, later, strict=True)
    } == {timedelta(days=365)}


def test_more_customers_leave_the_first_ones_as_they_are() -> None:
    few, many = (people.everybody(CHANCE, total=total, today=TODAY) for total in (100, 3000))

    assert many[:100] == few
    assert {len({getattr(person, fact) for person in many}) for fact in ("number", "account")} == {3000}


def test_the_customer_of_the_mockups_is_found_by_initials_and_birthday_alone() -> None:
    everybody = people.everybody(CHANCE, total=5000, today=TODAY)

    (seoyeon,) = [person for person in everybody if person.birth_on == date(1984, 3, 12)]

    assert (seoyeon.name, seoyeon.phone[-4:], seoyeon.account[-2:], seoyeon.serial) == (
        "김서연",
        "3481",
        "82",
        "210477310952",
    )


def test_no_phone_number_can_belong_to_anybody() -> None:
    everybody = people.everybody(CHANCE, total=2000, today=TODAY)

    assert [person.phone for person in everybody if not person.phone.startswith("010-0")] == []


def test_customers_of_every_type_come_and_two_of_them_are_children() -> None:
    everybody, _ = planned(CHANCE)
    ages = [(TODAY - person.birth_on).days // 365 for person in everybody if person.type == CustomerType.INDIVIDUAL]

    assert {person.type for person in everybody} == set(CustomerType)
    assert sorted(age for age in ages if age < 19) == [12, 16]


def test_no_two_devices_share_a_serial_or_a_secret() -> None:
    devices = planned(CHANCE)[1]

    assert len({(thing.model.vendor, thing.made.serial) for thing in devices}) == len(devices)
    assert len({thing.made.secret for thing in devices}) == len(devices)


def test_every_teller_has_tokens_and_cards_of_the_own_entity() -> None:
    tills = Counter((thing.till, thing.model.kind) for thing in planned(CHANCE)[1] if thing.till)

    assert tills == {(post.staff_no, ProductKind.TOKEN): 3 for post in organisation.tellers()}


def test_the_first_device_of_the_first_teller_is_the_one_of_the_mockups_and_ends_first() -> None:
    everybody = people.everybody(CHANCE, total=21, today=TODAY)
    stock = things.planned(CHANCE, people=everybody, in_stock=270, today=TODAY)

    mine = [
        thing.made for thing in stock if thing.till == organisation.HANEUL and thing.model.kind == ProductKind.TOKEN
    ]

    assert len(mine) == 15
    assert min(mine, key=lambda made: made.expires_on or TODAY).serial == "261100483317"


def test_thirty_accounts_of_twenty_nine_people_fill_every_role() -> None:
    posts = organisation.POSTS

    assert (len({post.staff_no for post in posts}), len({post.person_no for post in posts})) == (30, 29)
    assert {post.role for post in posts} == set(Role) - {Role.SYSTEM, Role.ANONYMOUS}
