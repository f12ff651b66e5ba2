"""Entities, branches and staff of the demo: two legal entities, eight branches, thirty accounts."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password

from branches.management.demo.chance import Chance
from branches.models import Branch, LegalEntity, Staff, Terminal
from nh_otp.access import Role

PASSWORD = "gaon-demo-1123"  # noqa: S105 – the one password of the demo, printed at its first start
TOTP_BYTES = 20

BANK, COOPERATIVE = "100", "601"
HOTLINE = "0000-0000"
ENTITIES = {BANK: "가온은행", COOPERATIVE: "새벽들농협"}

HEAD, CALLS, REVIEW = "000010", "000900", "000910"
SEJONGNO, MAPO, PANGYO = "001001", "001002", "001003"
DAWN, SKY = "601001", "601002"


class Office(NamedTuple):
    entity: str
    name: str
    mother: str = ""

    @property
    def full_name(self) -> str:
        return f"{ENTITIES[self.entity]} {self.name}"


OFFICES: Mapping[str, Office] = {
    HEAD: Office(BANK, "본점"),
    CALLS: Office(BANK, "고객센터"),
    REVIEW: Office(BANK, "비대면심사팀"),
    SEJONGNO: Office(BANK, "세종로지점"),
    MAPO: Office(BANK, "마포지점", SEJONGNO),
    PANGYO: Office(BANK, "판교지점", SEJONGNO),
    DAWN: Office(COOPERATIVE, "본점"),
    SKY: Office(COOPERATIVE, "하늘지점", DAWN),
}


class Post(NamedTuple):
    """One account, its person and its window."""

    staff_no: str
    name: str
    title: str
    role: Role
    branch: str
    window: str
    person: str = ""

    @property
    def person_no(self) -> str:
        return f"P{self.person or self.staff_no}"


HANEUL, GARAM, JIHU = "2018031", "2016114", "2022027"
JEONGWOO, SEOJIN, JEONGWOO_AT_THE_COUNTER = "2004052", "2009018", "2004053"
AGENT = "2020301"

POSTS = (
    Post(HANEUL, "이하늘", "계장", Role.TELLER, SEJONGNO, "3번 창구"),
    Post(GARAM, "최가람", "대리", Role.TELLER, SEJONGNO, "2번 창구"),
    Post(JIHU, "문지후", "주임", Role.TELLER, SEJONGNO, "1번 창구"),
    # one person with two accounts: what he takes in at the counter he may not decide as the supervisor
    Post(JEONGWOO_AT_THE_COUNTER, "박정우", "차장", Role.TELLER, SEJONGNO, "4번 창구", JEONGWOO),
    Post(JEONGWOO, "박정우", "차장", Role.SUPERVISOR, SEJONGNO, "책임자석"),
    Post(SEOJIN, "윤서진", "과장", Role.SUPERVISOR, SEJONGNO, "책임자석 2"),
    Post("2019042", "한소라", "계장", Role.TELLER, MAPO, "1번 창구"),
    Post("2021008", "정다운", "주임", Role.TELLER, MAPO, "2번 창구"),
    Post("2015077", "서민재", "대리", Role.TELLER, MAPO, "3번 창구"),
    Post("2006013", "강은수", "차장", Role.SUPERVISOR, MAPO, "책임자석"),
    Post("2017065", "오지안", "대리", Role.TELLER, PANGYO, "1번 창구"),
    Post("2020112", "배유림", "계장", Role.TELLER, PANGYO, "2번 창구"),
    Post("2023015", "신도하", "주임", Role.TELLER, PANGYO, "3번 창구"),
    Post("2008029", "조현서", "과장", Role.SUPERVISOR, PANGYO, "책임자석"),
    Post("6118004", "남가온", "계장", Role.TELLER, DAWN, "1번 창구"),
    Post("6120011", "유시온", "주임", Role.TELLER, DAWN, "2번 창구"),
    Post("6114009", "송하린", "대리", Role.TELLER, DAWN, "3번 창구"),
    Post("6105002", "권태민", "상무", Role.SUPERVISOR, DAWN, "책임자석"),
    Post("6119007", "안보미", "계장", Role.TELLER, SKY, "1번 창구"),
    Post("6122003", "홍이든", "주임", Role.TELLER, SKY, "2번 창구"),
    Post("6107001", "백승아", "과장", Role.SUPERVISOR, SKY, "책임자석"),
    Post(AGENT, "임채아", "상담원", Role.CALL_AGENT, CALLS, "상담석 1"),
    Post("2021302", "고은찬", "상담원", Role.CALL_AGENT, CALLS, "상담석 2"),
    Post("2013501", "장세현", "과장", Role.REVIEWER, REVIEW, "심사석 1"),
    Post("2016502", "문예나", "대리", Role.REVIEWER, REVIEW, "심사석 2"),
    Post("2012601", "허준서", "과장", Role.CUSTODIAN, HEAD, "기기실 1"),
    Post("2018602", "민아라", "대리", Role.CUSTODIAN, HEAD, "기기실 2"),
    Post("2010701", "류건우", "차장", Role.ADMINISTRATOR, HEAD, "관리석 1"),
    Post("2014702", "심지유", "과장", Role.ADMINISTRATOR, HEAD, "관리석 2"),
    Post("2007801", "차은별", "부장", Role.AUDITOR, HEAD, "감사실"),
)


def tellers() -> list[Post]:
    return [post for post in POSTS if post.role is Role.TELLER]


def is_ours() -> bool:
    """Are the demo's people in the house?"""
    return Staff.objects.filter(staff_no__in=[post.staff_no for post in POSTS]).count() == len(POSTS)


def second_factor(chance: Chance, staff_no: str) -> str:
    """The TOTP secret of one account, in base32 as authenticators take it."""
    return base64.b32encode(chance(f"totp:{staff_no}").randbytes(TOTP_BYTES)).decode()


def set_up(chance: Chance) -> None:
    """Write entities, branches, windows and accounts, each account with its sealed second factor."""
    entities = {
        code: LegalEntity.objects.create(code=code, name=name, hotline=HOTLINE) for code, name in ENTITIES.items()
    }
    branches: dict[str, Branch] = {}
    for code, office in OFFICES.items():
        mother = branches.get(office.mother)
        branches[code] = Branch.objects.create(
            code=code, name=office.name, entity=entities[office.entity], mother=mother
        )
    terminals = Terminal.objects.bulk_create(
        Terminal(code=f"{post.branch}-{post.staff_no}", name=post.window, branch=branches[post.branch])
        for post in POSTS
    )
    staff = _accounts(branches, terminals)
    Authenticator.objects.bulk_create(
        Authenticator(
            user=person,
            type=Authenticator.Type.TOTP,
            data={"secret": encrypt(second_factor(chance, person.staff_no))},
        )
        for person in staff
    )


def _accounts(branches: Mapping[str, Branch], terminals: list[Terminal]) -> list[Staff]:
    # One salted hash for all accounts: thirty of them would take ten seconds, and the password is public anyway.
    password = make_password(PASSWORD)
    return Staff.objects.bulk_create(
        Staff(
            staff_no=post.staff_no,
            person_no=post.person_no,
            name=post.name,
            title=post.title,
            role=post.role,
            branch=branches[post.branch],
            terminal=terminal,
            password=password,
        )
        for post, terminal in zip(POSTS, terminals, strict=True)
    )
