"""A locked device unlocked and a clock corrected, through plain HTML forms of two people's browsers."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from branches.models import Approval
from devices.models import Device, DeviceService, DeviceState, ServiceKind, ServiceState
from nh_otp import gateways
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.launcher import roles
from tests.branches.web.conftest import browser_of
from tests.branches.web.test_lost_device import IDENTITY, post, seen_in, went_on
from tests.branches.web.test_pages import nothing_raw, text_of
from tests.databases import Clone
from tests.factories.cast import Cast, branch, staff
from tests.factories.served import FAR_OFF, NEXT, RIGHT, USED, Served, ServingVerifier

VERIFIER = "tests.factories.served.ServingVerifier"


@pytest.fixture(autouse=True)
def verifier(settings: Settings, _known_code: None) -> Iterator[ServingVerifier]:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": VERIFIER}
    gateways.adapter.cache_clear()
    found = gateways.adapter(VERIFIER)
    assert isinstance(found, ServingVerifier)
    yield found
    gateways.adapter.cache_clear()


def page(browser: Client, name: str, ref: object, status: int = 200) -> str:
    html = text_of(browser.get(reverse(name, args=[ref])), status)
    assert nothing_raw(html)
    return html


def device_of(cast: Cast) -> Device:
    return Device.objects.get(pk=cast.old_device.pk)


def test_two_people_unlock_a_device_in_its_customers_hand(teller: Client, supervisor: Client, cast: Cast) -> None:
    Served(cast).locked()
    assert "오류해제" in page(teller, "customer", cast.customer.pk)

    opened = post(teller, "open_service", cast.customer.pk, kind="UNLOCK", device=cast.old_device.pk)
    service = DeviceService.objects.get()
    assert went_on(opened, "service", service.pk)
    assert "1. 본인확인" in page(teller, "service", service.pk)
    assert went_on(post(teller, "check_service_identity", service.pk, **IDENTITY), "service", service.pk)
    assert 'id="id_second"' not in page(teller, "service", service.pk)
    assert went_on(post(teller, "check_service_codes", service.pk, first=RIGHT), "service", service.pk)
    assert went_on(post(teller, "submit_service", service.pk), "service", service.pk)
    assert "승인을 기다립니다." in page(teller, "service", service.pk)

    shown = page(supervisor, "inbox_case", service.pk)
    assert "김*연 님 오류해제, 기기 끝" in shown
    approved = post(supervisor, "approve_service", service.pk, seen=seen_in(shown))
    assert went_on(approved, "inbox", query="?done=approved")

    assert device_of(cast).state == DeviceState.IN_USE
    assert "오류잠김을 해제하였습니다." in page(teller, "service", service.pk)
    assert service.number in page(teller, "customer", cast.customer.pk)
    assert service.number in text_of(supervisor.get(reverse("decisions")))


def test_a_small_shift_is_corrected_with_two_codes_and_nobody_is_asked(teller: Client, cast: Cast) -> None:
    service = Served(cast).identified(ServiceKind.RESYNC)
    assert 'id="id_second"' in page(teller, "service", service.pk)

    assert went_on(post(teller, "check_service_codes", service.pk, first=RIGHT, second=NEXT), "service", service.pk)

    assert "기기 시각이 120초 느려 보정하였습니다." in page(teller, "service", service.pk)
    assert Approval.objects.count() == 0


def test_a_large_shift_is_shown_to_the_decider_in_seconds(teller: Client, supervisor: Client, cast: Cast) -> None:
    service = Served(cast).identified(ServiceKind.RESYNC)
    post(teller, "check_service_codes", service.pk, first=RIGHT, second=FAR_OFF)
    post(teller, "submit_service", service.pk)

    shown = page(supervisor, "inbox_case", service.pk)

    assert "1500초 느림" in shown
    post(supervisor, "approve_service", service.pk, seen=seen_in(shown))
    assert DeviceService.objects.get().state == ServiceState.DONE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": "999999"}, "번호가 맞지 않습니다."),
        ({"first": USED}, "방금 사용한 번호입니다."),
        ({"first": ""}, "번호를 입력해 주십시오."),
        ({"first": "12 456"}, "기기 화면의 숫자를 그대로 입력해 주십시오."),
    ],
)
def test_what_the_code_was_is_said_on_the_same_page(
    teller: Client, cast: Cast, given: dict[str, str], said: str
) -> None:
    service = Served(cast).identified()

    response = post(teller, "check_service_codes", service.pk, **given)

    assert said in text_of(response, 422)
    assert given["first"] not in response.content.decode() or not given["first"]


def test_a_decision_the_verifier_has_not_heard_of_is_finished_with_one_button(
    teller: Client, supervisor: Client, cast: Cast, verifier: ServingVerifier
) -> None:
    service, verifier.silent = Served(cast).submitted(), True
    shown = page(supervisor, "inbox_case", service.pk)
    assert went_on(
        post(supervisor, "approve_service", service.pk, seen=seen_in(shown)), "inbox", query="?done=approved"
    )
    assert "승인되었으나 처리가 끝나지 않았습니다." in page(teller, "service", service.pk)
    assert post(teller, "finish_service", service.pk).status_code == 503

    verifier.silent = False
    assert went_on(post(teller, "finish_service", service.pk), "service", service.pk)
    assert device_of(cast).state == DeviceState.IN_USE


def test_the_waiting_page_is_fetched_again_only_when_something_happened(
    teller: Client, supervisor: Client, cast: Cast
) -> None:
    service = Served(cast).submitted()
    address, version = (
        reverse("service_poll", args=[service.pk]),
        teller.get(reverse("service", args=[service.pk])).context["page"].version,
    )

    assert teller.get(address, {"version": version}).status_code == 204
    post(supervisor, "return_service", service.pk, reason="ID_MISMATCH")
    assert "반려되었습니다. 사유: 신분증 불일치" in text_of(teller.get(address, {"version": version}))


def test_a_service_is_cancelled_with_a_reason(teller: Client, cast: Cast) -> None:
    service = Served(cast).submitted()

    assert post(teller, "cancel_service", service.pk).status_code == 422
    assert went_on(post(teller, "cancel_service", service.pk, reason="NO_CODE"), "service", service.pk)

    assert "사유: 번호를 확인하지 못함." in page(teller, "service", service.pk)
    assert device_of(cast).state == DeviceState.LOCKED


def test_own_requests_stand_last_and_cannot_be_decided(cast: Cast) -> None:
    service = Served(cast).submitted()
    twin = browser_of(staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no))

    shown = page(twin, "inbox_case", service.pk)

    assert "본인이 등록한 건 — 승인할 수 없음" in shown
    assert "data-arms" not in shown
    assert reverse("approve_service", args=[service.pk]) not in shown


def test_cases_and_services_wait_in_one_line(supervisor: Client, cast: Cast) -> None:
    case, other = cast.submitted(), Cast()
    service = Served(other).submitted()

    inbox = supervisor.get(reverse("inbox")).context["page"]
    assert [row.ref for row in inbox.rows] == [case.pk, service.pk]
    assert (inbox.selected.ref, inbox.following) == (case.pk, service.pk)
    assert supervisor.get(reverse("inbox")).context["frame"].inbox == 2


def test_a_colleague_sees_the_service_without_its_forms(cast: Cast) -> None:
    service = Served(cast).identified()

    html = page(browser_of(staff(Role.TELLER, at=cast.home)), "service", service.pk)

    assert "이 업무를 작업 중입니다." in html
    assert "data-enter" not in html


def test_a_colleague_of_another_branch_knows_of_it_but_does_not_open_it(cast: Cast) -> None:
    service = Served(cast).opened()
    browser = browser_of(staff(Role.TELLER, at=branch("005678", of=cast.home.entity)))

    html = page(browser, "customer", cast.customer.pk)

    assert service.number in html and str(service.pk) not in html
    assert browser.get(reverse("service", args=[service.pk])).status_code == 404


def test_the_customer_page_offers_what_fits_the_device(teller: Client, cast: Cast) -> None:
    def offer() -> object:
        (row,) = teller.get(reverse("customer", args=[cast.customer.pk])).context["page"].devices
        return row.offer and row.offer.value

    assert offer() == "RESYNC"
    service = Served(cast).opened()
    assert offer() is None
    post(teller, "cancel_service", service.pk, reason="MISTAKE")
    assert offer() == "UNLOCK"
    cast.reported()
    assert offer() is None


def test_a_refused_opening_says_why_on_the_customers_page(teller: Client, cast: Cast) -> None:
    refused = post(teller, "open_service", cast.customer.pk, kind="UNLOCK", device=cast.old_device.pk)

    assert "오류로 잠긴 기기가 아닙니다." in text_of(refused, 409)
    assert post(teller, "open_service", cast.customer.pk, kind="NONSENSE", device="x").status_code == 422


def test_looking_at_a_service_is_looking_at_the_person(teller: Client, cast: Cast) -> None:
    service = Served(cast).opened()

    for _ in range(3):
        page(teller, "service", service.pk)

    (entry,) = AuditRow.objects.filter(action="customer.viewed")
    assert entry.subjects == [["Customer", cast.customer.ref], ["DeviceService", service.ref]]


def test_an_unlock_needs_no_more_than_the_web_process_may(clone: Clone) -> None:
    cast = Cast()
    service = Served(cast).proven()
    teller, supervisor = browser_of(cast.teller), browser_of(cast.supervisor)

    with clone.acting_as(roles.APP):
        assert went_on(post(teller, "submit_service", service.pk), "service", service.pk)
        page(teller, "service", service.pk)
        shown = page(supervisor, "inbox_case", service.pk)
        post(supervisor, "return_service", service.pk, reason="ID_MISMATCH")
        post(teller, "submit_service", service.pk)
        assert seen_in(shown) == seen_in(page(supervisor, "inbox_case", service.pk))
        post(teller, "cancel_service", service.pk, reason="MISTAKE")
        page(teller, "customer", cast.customer.pk)
