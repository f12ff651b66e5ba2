"""The LOST case from search to hand-over, through plain HTML forms of two people's browsers."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import LossReport, ReissueCase
from branches.queries.paperwork import Paper
from branches.states import CaseState
from devices.models import Device
from devices.states import DeviceState
from tests.branches.web.fakes import DRIFTED, REUSED, RIGHT
from tests.factories.cast import Cast, customer

WRONG = "999999"
IDENTITY = {
    "document": "RESIDENT_CARD",
    "name": "김서연",
    "birth_on": "840312",
    "issued_on": "20200520",
    "photo_matched": "on",
}
PAPERS = {
    "documents": [Paper.APPLICATION, Paper.ID_COPY, Paper.LOSS_FORM],
    "phishing_1": "no",
    "phishing_2": "no",
    "phishing_3": "no",
    "fee_method": "CASH",
    "consent": "on",
}


def post(browser: Client, name: str, ref: object, /, **given: Any) -> Any:
    """A form sent with a fresh key, as a page renders it."""
    return browser.post(reverse(name, args=[ref]), {"once": str(uuid.uuid4()), **given})


def went_on(response: Any, name: str, ref: object = None, query: str = "") -> bool:
    assert response.status_code == 303, response.content.decode()[:3000]
    return bool(response.headers["Location"] == reverse(name, args=[ref] if ref else []) + query)


def seen_in(html: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', html)
    assert found
    return found[1]


def state(case: ReissueCase) -> str:
    return str(ReissueCase.objects.values_list("state", flat=True).get(pk=case.pk))


def test_a_lost_device_is_replaced_with_plain_forms(teller: Client, supervisor: Client, cast: Cast) -> None:
    person, old, new = cast.customer, cast.old_device, cast.new_device

    assert went_on(teller.post(reverse("search"), {"q": "ㄱㅅㅇ 840312"}), "customer", person.pk)
    filed = post(teller, "report_loss", person.pk, device=[old.pk], kind="LOST", reporter="SELF", place="지하철")
    report = LossReport.objects.get()
    assert went_on(filed, "customer", person.pk, f"?reported={report.pk}")
    assert "이어서 재발급" in teller.get(filed.headers["Location"]).content.decode()

    opened = post(teller, "open_case", person.pk, reason="LOST", old_device=old.pk)
    case = ReissueCase.objects.get()
    assert went_on(opened, "case", case.pk)
    assert went_on(post(teller, "check_identity", case.pk, **IDENTITY), "case", case.pk)
    assert went_on(post(teller, "record_paperwork", case.pk, **PAPERS), "case", case.pk)
    assert went_on(post(teller, "assign_device", case.pk, serial=new.serial), "case", case.pk)
    assert went_on(post(teller, "submit_case", case.pk, memo="진술 일관됨"), "case", case.pk)

    shown = supervisor.get(reverse("inbox")).content.decode()
    assert "진술 일관됨" in shown
    assert went_on(post(supervisor, "approve_case", case.pk, seen=seen_in(shown)), "inbox", query="?done=approved")

    assert went_on(post(teller, "collect_fee", case.pk, method="CASH", transaction_no="T-1"), "case", case.pk)
    assert went_on(post(teller, "first_code", case.pk, code=RIGHT), "case", case.pk)
    for paper in ("notice", "case_receipt"):
        assert "센터 반영 대기" in teller.get(reverse(paper, args=[case.pk])).content.decode()
    assert went_on(post(teller, "hand_over", case.pk, signed="on"), "case", case.pk)

    assert state(case) == CaseState.COMPLETED
    assert Device.objects.get(pk=new.pk).state == DeviceState.IN_USE
    assert Device.objects.get(pk=old.pk).state == DeviceState.RETIRED
    assert "교부하고 마쳤습니다" in teller.get(reverse("case", args=[case.pk])).content.decode()
    assert "김*연" in supervisor.get(reverse("decisions")).content.decode()


def test_the_name_on_another_document_does_not_match_and_the_record_is_not_shown(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    response = post(teller, "check_identity", case.pk, **IDENTITY | {"name": "김서인", "birth_on": "19840311"})

    assert went_on(response, "case", case.pk)
    html = teller.get(reverse("case", args=[case.pk])).content.decode()
    assert "불일치: 성명, 생년월일" in html
    assert "김서연" not in html and "김서인" not in html


def test_a_document_reported_lost_is_blocked(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    post(teller, "check_identity", case.pk, **IDENTITY | {"issued_on": "20200114"})

    html = teller.get(reverse("case", args=[case.pk])).content.decode()
    assert "분실 신고된 신분증입니다." in html
    assert "다른 신분증을 받거나 책임자에게" in html


def test_what_was_typed_stays_when_something_is_missing(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    response = post(teller, "check_identity", case.pk, **IDENTITY | {"birth_on": "841399"})

    html = response.content.decode()
    assert response.status_code == 422
    assert "날짜를 숫자 6자리 또는 8자리로 입력해 주십시오." in html
    assert 'value="841399"' in html


def test_a_missing_paper_is_said_on_the_task_it_belongs_to(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    response = post(teller, "record_paperwork", case.pk, **PAPERS | {"documents": [Paper.APPLICATION]})

    html = response.content.decode()
    assert response.status_code == 422
    assert "받지 않은 서류가 있습니다." in html
    assert reverse("record_paperwork", args=[case.pk]) in html


def test_an_unknown_serial_is_refused_on_the_page_it_was_scanned_on(teller: Client, cast: Cast) -> None:
    case = cast.opened()

    response = post(teller, "assign_device", case.pk, serial="000000000000")

    html = response.content.decode()
    assert response.status_code == 404
    assert "등록되지 않은 기기입니다." in html
    assert reverse("assign_device", args=[case.pk]) in html


def test_the_first_code_waits_for_the_fee(teller: Client, supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()
    post(supervisor, "approve_case", case.pk, seen=cast.seen(case))

    html = teller.get(reverse("case", args=[case.pk])).content.decode()
    response = post(teller, "first_code", case.pk, code=RIGHT)

    assert reverse("collect_fee", args=[case.pk]) in html
    assert reverse("first_code", args=[case.pk]) not in html
    assert response.status_code == 409
    assert "수수료를 받은 뒤에 최초번호를 검증해 주십시오." in response.content.decode()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (WRONG, "남은 시도는 2번입니다."),
        (REUSED, "방금 사용한 번호입니다. 다음 번호가 나올 때까지 기다려 주십시오."),
        (DRIFTED, "기기의 시각이 어긋나 있습니다."),
    ],
)
def test_another_answer_than_a_match_is_said_and_the_code_is_not_given_back(
    teller: Client, cast: Cast, code: str, sentence: str
) -> None:
    case = cast.approved()

    response = post(teller, "first_code", case.pk, code=code)

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert code not in html
    assert state(case) == CaseState.APPROVED


def test_after_three_wrong_codes_no_other_code_is_taken(teller: Client, cast: Cast) -> None:
    case = cast.approved()
    answers = [post(teller, "first_code", case.pk, code=WRONG) for _ in range(3)]

    html = answers[-1].content.decode()
    again = teller.get(reverse("case", args=[case.pk])).content.decode()

    assert "번호가 3회 일치하지 않았습니다." in html and "번호가 3회 일치하지 않았습니다." in again
    assert 'name="code"' not in html + again
    assert "번호가 3회 일치하지 않았습니다." in post(teller, "first_code", case.pk, code=RIGHT).content.decode()
    assert state(case) == CaseState.APPROVED


def test_a_code_of_the_wrong_shape_costs_no_try(teller: Client, cast: Cast) -> None:
    case = cast.approved()

    response = post(teller, "first_code", case.pk, code="12345")

    assert response.status_code == 422
    assert "기기 화면의 숫자를 그대로 입력해 주십시오." in response.content.decode()
    assert "남은 시도" in response.content.decode()


def test_a_verified_code_registers_later_without_a_second_code(teller: Client, cast: Cast) -> None:
    from nh_otp.gateways.otp_verifier import CodeCheck
    from tests.branches.web.fakes import OneCodeVerifier

    case = cast.approved()
    OneCodeVerifier().check(CodeCheck(cast.new_device.pk, case.pk, RIGHT, str(uuid.uuid4()), cast.teller.staff_no))

    html = teller.get(reverse("case", args=[case.pk])).content.decode()
    response = post(teller, "register_case", case.pk)

    assert "번호는 맞았으나 사용등록이 끝나지 않았습니다." in html
    assert went_on(response, "case", case.pk)
    assert state(case) == CaseState.REGISTERED


def test_the_same_form_sent_twice_does_its_work_once(teller: Client, cast: Cast) -> None:
    case = cast.prepared()
    key = str(uuid.uuid4())

    first = post(teller, "submit_case", case.pk, once=key, memo="")
    second = post(teller, "submit_case", case.pk, once=key, memo="")

    assert went_on(first, "case", case.pk) and went_on(second, "case", case.pk)
    assert case.approvals.count() == 1


def test_a_request_is_taken_back_and_the_case_is_cancelled(teller: Client, cast: Cast) -> None:
    case = cast.submitted()

    assert went_on(post(teller, "withdraw_case", case.pk), "case", case.pk)
    assert post(teller, "cancel_case", case.pk).status_code == 422
    assert went_on(post(teller, "cancel_case", case.pk, reason="CUSTOMER"), "case", case.pk)

    assert state(case) == CaseState.CANCELLED
    assert Device.objects.get(pk=cast.new_device.pk).state == DeviceState.IN_STOCK
    assert "고객님 요청" in teller.get(reverse("case", args=[case.pk])).content.decode()


def test_a_case_is_not_opened_for_a_device_nobody_reported(teller: Client, cast: Cast) -> None:
    response = post(teller, "open_case", cast.customer.pk, reason="LOST", old_device=cast.old_device.pk)

    assert response.status_code == 409
    assert "사고신고를 먼저 접수해 주십시오." in response.content.decode()
    assert ReissueCase.objects.count() == 0


def test_a_report_without_a_device_is_refused_with_the_panel_open(teller: Client, cast: Cast) -> None:
    response = post(teller, "report_loss", cast.customer.pk, kind="LOST", reporter="SELF")

    assert response.status_code == 422
    assert "정지할 기기를 골라 주십시오." in response.content.decode()
    assert LossReport.objects.count() == 0


def test_another_persons_device_is_not_stopped(teller: Client, cast: Cast) -> None:
    other = customer(at=cast.home, name="이몽룡")

    response = post(teller, "report_loss", other.pk, device=[cast.old_device.pk], kind="LOST", reporter="SELF")

    assert response.status_code == 404
    assert Device.objects.get(pk=cast.old_device.pk).state == DeviceState.IN_USE
