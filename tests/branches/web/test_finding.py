"""Finding people and looking at them through the one box."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from devices.models import Holding
from nh_otp.audit.models import AuditRow
from nh_otp.policy import POLICY
from tests.branches.web.test_lost_device import post, went_on
from tests.factories.cast import Cast, branch, customer, entity


def find(browser: Client, typed: str) -> str:
    response = browser.post(reverse("search"), {"q": typed})
    assert response.status_code in (200, 404, 422)
    return str(response.content.decode())


@pytest.mark.parametrize(
    "typed",
    [
        "김서연 840312",
        "ㄱㅅㅇ 840312",
        "rtd 19840312",
        "840312 3481",
        "010-2345-3481 840312",
        "301-0123-4567-82 김서연",
    ],
)
def test_two_facts_open_the_one_customer_they_fit(teller: Client, cast: Cast, typed: str) -> None:
    customer(at=cast.home, name="이몽룡", phone="010-9999-0000", account="302-0000-0000-11")

    assert went_on(teller.post(reverse("search"), {"q": typed}), "customer", cast.customer.pk)


@pytest.mark.parametrize("typed", ["김서연", "ㄱㅅㅇ", "840312", "010-2345-3481", "301-0123-4567-82"])
def test_a_single_fact_is_refused_and_the_refusal_is_on_record(teller: Client, cast: Cast, typed: str) -> None:
    html = find(teller, typed)

    assert "이름과 생년월일처럼 두 가지 이상을 입력해 주십시오." in html
    assert typed not in html.replace("ㄱㅅㅇ 840312", "")
    entry = AuditRow.objects.get(action="customer.found")
    assert (entry.outcome, entry.code) == ("REFUSED", "search.too_few")


def test_a_search_is_on_record_by_the_kinds_of_facts_and_who_was_found(teller: Client, cast: Cast) -> None:
    teller.post(reverse("search"), {"q": "김서연 840312"})

    entry = AuditRow.objects.get(action="customer.found")

    assert entry.facts == {"keys": ["name", "birth"], "found": 1}
    assert ["Customer", str(cast.customer.pk)] in entry.subjects
    assert "김서연" not in entry.entry and "840312" not in entry.entry and "1984" not in entry.entry


def test_a_device_and_a_birth_date_open_its_holder_and_only_the_kinds_are_on_record(teller: Client, cast: Cast) -> None:
    customer(at=cast.home)
    serial = cast.old_device.serial

    for typed in (f"{serial} 840312", f"840312 {serial[:4]}-{serial[4:]}"):
        assert went_on(teller.post(reverse("search"), {"q": typed}), "customer", cast.customer.pk)

    for entry in AuditRow.objects.filter(action="customer.found"):
        assert entry.facts == {"keys": ["birth", "serial"], "found": 1}
        assert serial not in entry.entry


def test_a_device_alone_finds_nobody_and_neither_does_one_with_another_birth_date(teller: Client, cast: Cast) -> None:
    alone = find(teller, cast.old_device.serial)
    wrong = find(teller, f"{cast.old_device.serial} 840313")

    assert "이름과 생년월일처럼 두 가지 이상을 입력해 주십시오." in alone
    assert "찾는 고객이 없습니다." in wrong
    kinds = AuditRow.objects.filter(action="customer.found").order_by("at").values_list("facts__keys", flat=True)
    assert list(kinds) == [["serial"], ["birth", "serial"]]


def test_a_device_nobody_holds_any_more_leads_to_nobody(teller: Client, cast: Cast) -> None:
    Holding.objects.update(ended_at=timezone.now())

    assert "찾는 고객이 없습니다." in find(teller, f"{cast.old_device.serial} 840312")
    assert "찾는 고객이 없습니다." in find(teller, f"{cast.new_device.serial} 840312")


def test_a_device_of_another_entity_leads_to_nobody(teller: Client, cast: Cast) -> None:
    elsewhere = customer(at=branch("009999", of=entity("900")))
    Holding.objects.update(customer=elsewhere)

    assert "찾는 고객이 없습니다." in find(teller, f"{cast.old_device.serial} 840312")


def test_nobody_found_is_said_and_recorded(teller: Client, cast: Cast) -> None:
    html = find(teller, "홍길동 840312")

    assert "찾는 고객이 없습니다." in html
    assert AuditRow.objects.get(action="customer.found").facts["found"] == 0


def test_a_few_people_of_one_name_are_listed_masked_and_too_many_are_not(teller: Client, cast: Cast) -> None:
    customer(at=cast.home)
    few = find(teller, "김서연 840312")
    for _ in range(4):
        customer(at=cast.home)
    many = find(teller, "김서연 840312")

    assert "조건에 맞는 고객이 2명입니다." in few
    assert few.count("김*연") == 2 and "김서연" not in few
    assert "조건에 맞는 고객이 너무 많습니다." in many
    assert "김*연" not in many


def test_a_customer_of_another_entity_is_not_found(teller: Client, cast: Cast) -> None:
    customer(at=branch("009999", of=entity("900")), name="성춘향")

    assert "찾는 고객이 없습니다." in find(teller, "성춘향 840312")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("1000", "home"),
        ("1010", "search"),
        ("1200", "cases"),
        ("2000", "inbox"),
        ("2010", "decisions"),
        ("0910", "help"),
    ],
)
def test_a_screen_number_opens_its_screen(teller: Client, typed: str, name: str) -> None:
    assert went_on(teller.post(reverse("search"), {"q": typed}), name)


def test_a_reissue_number_opens_its_case_and_an_unknown_one_says_so(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    assert went_on(teller.post(reverse("search"), {"q": case.number.lower()}), "case", case.pk)
    assert "그런 재발급 번호는 없습니다" in find(teller, "RI-000000-999999")
    assert "그런 화면번호는 없습니다" in find(teller, "7777")


def test_nothing_typed_is_no_search(teller: Client, cast: Cast) -> None:
    assert teller.post(reverse("search"), {"q": "  "}).status_code == 422
    assert AuditRow.objects.count() == 0


def test_looking_again_within_ten_minutes_is_one_entry_and_later_another(teller: Client, cast: Cast) -> None:
    address, now = reverse("customer", args=[cast.customer.pk]), timezone.now()

    with time_machine.travel(now, tick=False):
        teller.get(address)
        teller.get(address)
    looks = AuditRow.objects.filter(action="customer.viewed")
    soon = looks.count()
    with time_machine.travel(now + POLICY.view_entry_every + timedelta(seconds=30), tick=False):
        teller.get(address)

    assert (soon, looks.count()) == (1, 2)


def test_a_look_through_a_case_is_an_entry_of_its_own(teller: Client, supervisor: Client, cast: Cast) -> None:
    case = cast.opened()

    for browser in (teller, supervisor):
        for _ in range(2):
            browser.get(reverse("customer", args=[cast.customer.pk]))
            browser.get(reverse("case", args=[case.pk]))

    looks = AuditRow.objects.filter(action="customer.viewed")
    assert looks.count() == 4
    assert looks.filter(subjects__contains=[["ReissueCase", str(case.pk)]]).count() == 2


def test_the_customer_page_tells_who_looked(teller: Client, supervisor: Client, cast: Cast) -> None:
    address = reverse("customer", args=[cast.customer.pk])
    supervisor.get(address)

    assert "열람" in teller.get(address).content.decode()


def test_a_reported_device_may_be_reissued_once(teller: Client, cast: Cast) -> None:
    report = cast.reported()
    address = reverse("customer", args=[cast.customer.pk])

    before = teller.get(address).context["page"]
    opened = post(teller, "open_case", cast.customer.pk, reason="LOST", old_device=cast.old_device.pk)
    after = teller.get(address).context["page"]

    assert before.reports[0].ref == report.pk and before.reports[0].can_open_case
    assert opened.status_code == 303
    assert not after.reports[0].can_open_case and after.reports[0].case is not None
    assert len(after.cases) == 1
