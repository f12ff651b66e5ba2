"""The same case with JavaScript switched off: every step is a plain form and a plain page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.hands import Hands, person
from tests.journeys.product import Customer, Product, until

pytestmark = pytest.mark.e2e

TELLER, SUPERVISOR = "2016114", "2009018"


def send(hands: Hands, words: str, lands_on: str) -> None:
    """Press the button with these words in the screen's own part, and arrive."""
    hands.click(hands.page.locator("main").get_by_role("button", name=words).first)
    expect(hands.page.locator("main")).to_contain_text(lands_on)
    hands.look("page")


def write(hands: Hands, name: str, text: str) -> None:
    hands.click(hands.page.locator(f"[name={name}]"))
    hands.type(text)


def choose(hands: Hands, name: str, value: str) -> None:
    hands.click(hands.page.locator(f"[name={name}][value={value}]"))


def report_and_open(teller: Hands, customer: Customer) -> None:
    write(teller, "q", f"{customer.name} {customer.birth_on:%y%m%d}")
    teller.press("Enter")
    teller.click(teller.page.locator("#loss summary"))
    send(teller, "지금 정지", "정지하였습니다")
    send(teller, "이어서 재발급", "1. 본인확인")


def prepare(teller: Hands, customer: Customer, serial: str) -> None:
    choose(teller, "document", "RESIDENT_CARD")
    for name, text in {"name": customer.name, "birth_on": f"{customer.birth_on:%Y%m%d}", "issued_on": "200601"}.items():
        write(teller, name, text)
    choose(teller, "photo_matched", "on")
    send(teller, "대조하고 진위확인", "주민등록증 · 사진 대조 일치")
    for paper in ("APPLICATION", "ID_COPY", "LOSS_FORM"):
        choose(teller, "documents", paper)
    for question in ("phishing_1", "phishing_2", "phishing_3"):
        choose(teller, question, "no")
    choose(teller, "consent", "on")
    send(teller, "서류·수수료 확인", "새 기기 일련번호")
    write(teller, "serial", serial)
    send(teller, "이 기기 배정", "책임자에게 남길 말")
    send(teller, "승인 요청", "승인을 기다립니다.")


def decide(supervisor: Hands, case: str) -> None:
    """The inbox is the supervisor's own link; the buttons decide at once."""
    supervisor.click(supervisor.page.locator("#nav a").first)
    supervisor.click(supervisor.page.locator(f"#inbox a[href='{case.replace('cases', 'approvals')}']").first)
    for box in supervisor.page.locator("[data-flag]").all():
        supervisor.click(box)
    supervisor.look("request")
    supervisor.click(supervisor.page.locator("#approve button"))
    expect(supervisor.page.locator(f"#inbox a[href='{case.replace('cases', 'approvals')}']")).to_have_count(0)


def finish(teller: Hands, product: Product, serial: str) -> None:
    teller.click(teller.page.locator("#refresh"))
    write(teller, "transaction_no", "1123-0043")
    send(teller, "수납 확인", "기기 화면의 6자리 번호")
    write(teller, "code", product.code(serial))
    send(teller, "검증하고 사용등록", "은행 보관용 접수증에 고객의 서명을 받았습니다.")
    choose(teller, "signed", "on")
    send(teller, "수령 확인하고 마침", "교부하고 마쳤습니다.")


def test_a_lost_token_is_replaced_without_javascript(browser: Browser, product: Product) -> None:
    customer, serial = product.customer(), product.next_device(TELLER)
    with (
        person(browser, "plain-teller", javascript=False) as teller,
        person(browser, "plain-supervisor", javascript=False) as supervisor,
    ):
        teller.sign_in(product, TELLER)
        supervisor.sign_in(product, SUPERVISOR)

        report_and_open(teller, customer)
        prepare(teller, customer, serial)
        case = urlsplit(teller.page.url).path
        decide(supervisor, case)
        finish(teller, product, serial)

    assert product.rows("SELECT state FROM reissue_case WHERE customer_id = %s", customer.ref) == [("COMPLETED",)]
    assert product.state_of(customer.serial, serial) == ["RETIRED", "IN_USE"]
    until(lambda: product.centre_heard(customer.serial) == ["suspend", "retire"], "the centre knows the old device")
    for hands in (teller, supervisor):
        assert hands.eyes.found([customer.name]) == []
        assert hands.eyes.complaints == []
        assert hands.eyes.hosts == {urlsplit(product.address).netloc}
