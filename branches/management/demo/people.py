"""Who the customers of the demo are: some of them known by name, the others made up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from branches.management.demo import names
from branches.management.demo.chance import Chance
from branches.management.demo.organisation import COOPERATIVE, DAWN, HANEUL, MAPO, OFFICES, PANGYO, POSTS, SEJONGNO, SKY
from branches.models import CustomerType, Gender
from devices.models import ProductKind

TOKEN, CARD = ProductKind.TOKEN, ProductKind.CARD
WOMAN, MAN, NOBODY = Gender.FEMALE, Gender.MALE, Gender.NONE
OUTLETS = (SEJONGNO, SEJONGNO, MAPO, PANGYO, DAWN, SKY)
LIFE_DAYS = 5 * 365
"""How long a device lives from its first day."""
SOON_DAYS = 25


@dataclass(frozen=True, slots=True)
class Person:
    """One customer; days count back from today, `days_left` forward to the end of the first device."""

    name: str
    birth_on: date
    gender: Gender
    branch: str = SEJONGNO
    type: CustomerType = CustomerType.INDIVIDUAL
    number: str = ""
    phone: str = ""
    account: str = ""
    holds: tuple[ProductKind, ...] = (TOKEN,)
    serial: str = ""
    days_left: int = 900
    contact_changed: int | None = None
    last_used: int = 2
    elsewhere: int = 0
    deceased: bool = False
    payment_suspended: bool = False
    e_banking_restricted: bool = False
    staff_no: str = ""

    @property
    def person_no(self) -> str:
        """The person of the bank who this customer is, if any."""
        return next((post.person_no for post in POSTS if post.staff_no == self.staff_no), "")


SEOYEON, DAHEE, SUBIN, MINJUN, MARIA = "K-2047-31", "K-2041-12", "K-2039-55", "K-2052-08", "K-2060-27"
YUNA, JIMIN, SOYOUNG = "K-2044-19", "K-2048-63", "K-2033-90"
SEOYEON_BORN_ON = date(1984, 3, 12)


MOCKED_UP = (
    Person(
        "김서연",
        SEOYEON_BORN_ON,
        WOMAN,
        number=SEOYEON,
        phone="010-0245-3481",
        account="301-0123-4567-82",
        serial="210477310952",
        contact_changed=3,
        elsewhere=2,
    ),
    Person("정다희", date(1991, 7, 25), WOMAN, number=DAHEE, holds=(CARD,)),
    Person("임수빈", date(1978, 11, 2), WOMAN, number=SUBIN, contact_changed=3),
    Person("오민준", date(1996, 1, 30), MAN, number=MINJUN),
    Person(
        "MARIA KIM",
        date(1988, 5, 9),
        WOMAN,
        number=MARIA,
        type=CustomerType.FOREIGNER,
        holds=(CARD,),
        days_left=7,
    ),
    Person("최윤아", date(1969, 9, 14), WOMAN, number=YUNA, elsewhere=1),
    Person("한지민", date(2001, 12, 3), WOMAN, number=JIMIN),
    Person("문소영", date(1957, 4, 21), WOMAN, number=SOYOUNG, branch=MAPO),
)
"""Those that the mockups and the stories are about."""

SPECIAL = (
    Person("서준", date(1982, 8, 17), MAN, holds=(TOKEN, CARD)),
    Person("배정호", date(1973, 2, 6), MAN, days_left=8),
    Person("홍은표", date(1941, 6, 28), MAN, deceased=True, last_used=210),
    Person("노현정", date(1986, 10, 19), WOMAN, payment_suspended=True),
    Person("유진", date(1993, 3, 3), WOMAN, e_banking_restricted=True),
    Person("이하늘", date(1994, 4, 5), WOMAN, staff_no=HANEUL),
    Person("손미경", date(1965, 12, 11), WOMAN, branch=MAPO, contact_changed=3),
    Person("남궁민수", date(1959, 1, 8), MAN, branch=PANGYO, last_used=430),
    Person("주식회사 한결상사", date(2009, 5, 18), NOBODY, type=CustomerType.CORPORATION, holds=(TOKEN, TOKEN)),
    Person("새벽들시장상인회", date(2015, 3, 2), NOBODY, branch=DAWN, type=CustomerType.CORPORATION),
    Person("권순자(순자꽃집)", date(1962, 7, 7), WOMAN, branch=SKY, type=CustomerType.SOLE_PROPRIETOR),
)
"""One of every kind that is treated differently."""


def known(today: date) -> list[Person]:
    """Everybody who is not made up by chance."""
    children = [
        Person("김하람", _aged(12, today), WOMAN),
        Person("박예준", _aged(16, today), MAN, branch=PANGYO),
    ]
    return [*MOCKED_UP, *SPECIAL, *children]


def _aged(years: int, today: date) -> date:
    """A birthday that makes somebody that old, and half a year more."""
    return today - timedelta(days=years * 365 + 200)


def everybody(chance: Chance, *, total: int, today: date) -> list[Person]:
    """The known ones first, then others up to the total."""
    faces, numbers, first = chance("people"), chance("numbers"), known(today)
    others = (_somebody(faces, today) for _ in range(total - len(first)))
    return [_with_numbers(person, place, numbers) for place, person in enumerate([*first, *others])]


def _with_numbers(person: Person, place: int, rng: Random) -> Person:
    """Customer number, phone and account where they are not given; no such mobile number is handed out (0…)."""
    phone, account = f"010-0{rng.randrange(1000):03d}-{rng.randrange(10_000):04d}", f"{place:07d}"
    prefix = "356" if OFFICES[person.branch].entity == COOPERATIVE else "301"
    return replace(
        person,
        number=person.number or f"K-{2100 + place // 90}-{10 + place % 90}",
        phone=person.phone or phone,
        account=person.account or f"{prefix}-1{account[:3]}-{account[3:]}-{rng.randrange(100):02d}",
    )


def _somebody(rng: Random, today: date) -> Person:
    person = _of_some_type(rng, today)
    return replace(
        person,
        branch=rng.choice(OUTLETS),
        holds=_holds(rng),
        days_left=SOON_DAYS if rng.random() < 0.05 else rng.randrange(200, LIFE_DAYS - 120),
        contact_changed=3 if rng.random() < 0.04 else None,
        last_used=rng.randrange(370, 700) if rng.random() < 0.05 else rng.randrange(60),
        elsewhere=rng.choice((0, 0, 0, 1, 2)),
    )


def _holds(rng: Random) -> tuple[ProductKind, ...]:
    """One device, or a few times two of different kinds."""
    kind = CARD if rng.random() < 0.25 else TOKEN
    both = rng.random() < 0.06
    return (TOKEN, CARD) if both else (kind,)


def _of_some_type(rng: Random, today: date) -> Person:
    birth, woman, lot = _birth(rng, today), rng.random() < 0.5, rng.random()
    gender = WOMAN if woman else MAN
    if lot < 0.04:
        return Person(rng.choice(names.FOREIGNERS), birth, gender, type=CustomerType.FOREIGNER)
    if lot < 0.07:
        founded = today - timedelta(days=rng.randrange(400, 9000))
        return Person(names.of_firm(rng), founded, NOBODY, type=CustomerType.CORPORATION)
    name = names.of_person(rng, woman=woman)
    if lot < 0.12:
        sign = f"{name}({name[1:]}{rng.choice(names.TRADES)})"
        return Person(sign, birth, gender, type=CustomerType.SOLE_PROPRIETOR)
    return Person(name, birth, gender)


def _birth(rng: Random, today: date) -> date:
    """An adult's birthday, never 김서연's: initials and birthday must find her alone."""
    day = today - timedelta(days=rng.randrange(19 * 366, 85 * 365))
    return day + timedelta(days=1) if day == SEOYEON_BORN_ON else day
