"""Who sees nothing, what a GET may write, and how many queries a page may take."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Customer, LossReport, StaffSession
from branches.web.urls import urlpatterns
from nh_otp.access import Role
from nh_otp.audit.models import AuditEntry, AuditRow
from tests.branches.web.conftest import browser_of
from tests.factories.cast import Cast, branch, customer, device, entity, held_device, staff

OF_CUSTOMER = {"customer", "report_loss", "open_case", "open_service"}
POSTED = {
    "report_loss", "open_case", "check_identity", "record_paperwork", "assign_device", "submit_case", "withdraw_case",
    "approve_case", "return_case", "refuse_case", "collect_fee", "first_code", "register_case", "hand_over",
    "two_codes", "grant_tries", "assign_next_device",
    "cancel_case", "open_service", "check_service_identity", "check_service_codes", "submit_service",
    "approve_service", "return_service", "refuse_service", "finish_service", "cancel_service",
}  # fmt: skip
WITH_REF = sorted(str(pattern.name) for pattern in urlpatterns if "ref" in str(pattern.pattern))


def ref_for(name: str, cast: Cast) -> object:
    case = cast.submitted()
    if name == "loss_receipt":
        return LossReport.objects.get().pk
    return cast.customer.pk if name in OF_CUSTOMER else case.pk


@pytest.mark.parametrize("name", WITH_REF)
@pytest.mark.parametrize("role", [Role.TELLER, Role.SUPERVISOR])
def test_a_stranger_of_another_entity_finds_nothing_behind_any_reference(cast: Cast, name: str, role: Role) -> None:
    ref = ref_for(name, cast)
    stranger = browser_of(staff(role, at=branch("009999", of=entity("900"))))
    before = everything()

    address = reverse(name, args=[ref])
    response = stranger.post(address, {}) if name in POSTED else stranger.get(address)

    decides_not = name in {"inbox_case"} and role is Role.TELLER
    assert response.status_code == (403 if decides_not else 404)
    assert "김*연" not in response.content.decode()
    assert everything() == before


def test_a_colleague_of_another_branch_finds_the_customer_but_not_the_case(cast: Cast) -> None:
    case = cast.submitted()
    colleague = browser_of(staff(Role.TELLER, at=branch("005678", of=cast.home.entity)))

    page = colleague.get(reverse("customer", args=[cast.customer.pk]))

    assert page.status_code == 200
    assert "다른 지점에서 진행 중인 재발급 건이 있습니다." in page.content.decode()
    assert str(case.pk) not in page.content.decode()
    for name in ("case", "case_poll", "notice", "case_receipt"):
        assert colleague.get(reverse(name, args=[case.pk])).status_code == 404


def test_a_custodian_begins_with_the_stock(cast: Cast) -> None:
    browser = browser_of(staff(Role.CUSTODIAN, at=cast.home))

    assert browser.get(reverse("home")).headers["Location"] == reverse("stock")
    assert browser.get(reverse("stock")).status_code == 200


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REVIEWER])
def test_who_has_no_business_with_customers_gets_the_help_page(cast: Cast, role: Role) -> None:
    browser = browser_of(staff(role, at=cast.home))

    assert browser.get(reverse("home")).headers["Location"] == reverse("help")
    assert browser.get(reverse("cases")).status_code == 403
    assert browser.post(reverse("search"), {"q": "ㄱㅅㅇ 840312"}).status_code == 403
    assert browser.get(reverse("customer", args=[cast.customer.pk])).status_code == 403


def test_an_auditor_begins_with_the_cases_of_the_branch(cast: Cast) -> None:
    browser = browser_of(staff(Role.AUDITOR, at=cast.home))

    assert browser.get(reverse("home")).headers["Location"] == reverse("cases")
    assert browser.get(reverse("cases")).status_code == 200


def everything() -> dict[str, int]:
    """How many rows each table has, but for the records of looking and the sessions."""
    own = [model for model in apps.get_models() if model._meta.app_label in {"branches", "devices", "outbox", "once"}]
    return {model.__name__: model._base_manager.count() for model in own if model is not StaffSession}


@pytest.mark.parametrize(
    "name", ["home", "search", "cases", "help", "customer", "case", "case_poll", "loss_receipt", "inbox", "inbox_case"]
)
def test_a_get_changes_nothing_but_the_record_of_having_looked(supervisor: Client, cast: Cast, name: str) -> None:
    ref = ref_for(name, cast)
    rows, entries = everything(), AuditEntry.objects.count()

    for _ in range(3):
        assert supervisor.get(reverse(name, args=[ref] if name in WITH_REF else [])).status_code == 200

    looks = AuditRow.objects.filter(action="customer.viewed").count()
    assert everything() == rows
    assert AuditEntry.objects.count() == entries + looks
    assert looks == (1 if name in {"customer", "case", "inbox", "inbox_case"} else 0)


def another_case(cast: Cast, name: str) -> None:
    other = Cast.__new__(Cast)
    other.home, other.teller, other.supervisor, other.fee_rule = cast.home, cast.teller, cast.supervisor, cast.fee_rule
    other.customer = customer(at=cast.home, name=name)
    other.old_device = held_device(other.customer)
    other.new_device = device(at=cast.home, till=cast.teller)
    other.submitted()


def queries(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        read()
    return len(captured)


@pytest.mark.parametrize(
    ("name", "budget"), [("home", 10), ("cases", 5), ("inbox", 13), ("case", 15), ("customer", 17), ("decisions", 5)]
)
def test_a_page_takes_the_same_queries_however_much_there_is(
    teller: Client, supervisor: Client, cast: Cast, name: str, budget: int
) -> None:
    ref = ref_for(name, cast)
    address = reverse(name, args=[ref] if name in WITH_REF else [])
    browser = supervisor if name in {"inbox", "decisions"} else teller
    browser.get(address)

    few = queries(lambda: browser.get(address))
    for other in ("이몽룡", "성춘향", "홍길동"):
        another_case(cast, other)
    many = queries(lambda: browser.get(address))

    assert few == many
    assert many == budget
    assert Customer.objects.count() == 4
