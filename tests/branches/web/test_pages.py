"""Every page renders for those who may see it, and shows nobody's name, phone or account in full."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from branches.commands.approval import submit_case
from branches.models import ReissueCase
from tests.factories.cast import Cast

RAW = ("김서연", "010-2345-3481", "01023453481", "301-0123-4567-82", "3010123456782", "1984-03-12", "19840312")


def text_of(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content[:2000]
    return str(response.content.decode())


def nothing_raw(html: str) -> bool:
    return not any(secret in html for secret in RAW)


@pytest.mark.parametrize("name", ["home", "search", "cases", "help"])
def test_a_teller_and_a_supervisor_open_the_counter_pages(
    teller: Client, supervisor: Client, cast: Cast, name: str
) -> None:
    cast.submitted()

    for browser in (teller, supervisor):
        assert nothing_raw(text_of(browser.get(reverse(name))))


@pytest.mark.parametrize("name", ["inbox", "decisions"])
def test_a_supervisor_opens_the_inbox_and_the_decisions(supervisor: Client, cast: Cast, name: str) -> None:
    cast.submitted()

    assert nothing_raw(text_of(supervisor.get(reverse(name))))


def test_a_teller_may_not_open_the_inbox(teller: Client, cast: Cast) -> None:
    text_of(teller.get(reverse("inbox")), 403)


STAGES: Mapping[str, Callable[[Cast], ReissueCase]] = {
    "opened": Cast.opened,
    "prepared": Cast.prepared,
    "submitted": Cast.submitted,
    "approved": Cast.approved,
}


@pytest.mark.parametrize("stage", STAGES)
def test_the_case_page_shows_its_one_task_to_its_teller_and_only_facts_to_a_supervisor(
    teller: Client, supervisor: Client, cast: Cast, stage: str
) -> None:
    case = STAGES[stage](cast)
    address = reverse("case", args=[case.pk])

    mine, theirs = text_of(teller.get(address)), text_of(supervisor.get(address))

    assert nothing_raw(mine + theirs)
    assert "김*연" in mine and "김*연" in theirs
    assert mine.count('aria-current="step"') == 1
    assert "data-enter" in mine or "data-poll" in mine
    assert "data-enter" not in theirs
    assert "이 건을 작업 중입니다" in theirs


def test_the_customer_page_offers_to_stop_the_device(teller: Client, cast: Cast) -> None:
    html = text_of(teller.get(reverse("customer", args=[cast.customer.pk])))

    assert nothing_raw(html)
    assert "010-****-3481" in html and "301-****-**82" in html
    assert reverse("report_loss", args=[cast.customer.pk]) in html


def test_the_loss_receipt_is_masked(teller: Client, cast: Cast) -> None:
    report = cast.reported()

    html = text_of(teller.get(reverse("loss_receipt", args=[report.pk])))

    assert nothing_raw(html)
    assert report.number in html


@pytest.mark.parametrize("name", ["notice", "case_receipt"])
def test_paper_about_a_case_waits_for_registration(teller: Client, cast: Cast, name: str) -> None:
    case = cast.approved()

    text_of(teller.get(reverse(name, args=[case.pk])), 409)


@pytest.mark.parametrize("name", ["customer", "loss_receipt", "case", "notice", "case_receipt", "inbox_case"])
def test_nobody_sees_what_does_not_exist(supervisor: Client, cast: Cast, name: str) -> None:
    text_of(supervisor.get(reverse(name, args=[UUID(int=7)])), 404)


def test_the_home_list_is_fetched_again_only_when_a_line_changed(teller: Client, cast: Cast) -> None:
    case = cast.prepared()
    address = reverse("home")
    version = teller.get(address).context["page"].version

    same = teller.get(address, {"part": "todo", "version": version})
    submit_case(by=cast.at_the_desk, case_ref=case.pk)
    changed = teller.get(address, {"part": "todo", "version": version})

    assert same.status_code == 204
    assert 'id="todo"' in text_of(changed) and "<html" not in text_of(changed)
    assert "승인 상태 보기" in text_of(changed)


def test_every_form_of_a_page_has_a_key_of_its_own(teller: Client, cast: Cast) -> None:
    case = cast.prepared()

    keys = re.findall(r'name="once" value="([0-9a-f-]{36})"', text_of(teller.get(reverse("case", args=[case.pk]))))

    assert len(keys) == 2
    assert len(set(keys)) == 2


def test_the_first_case_of_a_queue_is_opened_with_what_its_decider_needs(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()

    html = text_of(supervisor.get(reverse("inbox")))

    assert nothing_raw(html)
    assert case.number in html
    assert "성명" in html and "신분증 진위" in html and "사고신고" in html
    assert reverse("approve_case", args=[case.pk]) in html
