"""The pages under the database rights of the web process, which may not read everything."""

from django.test import Client
from django.urls import reverse

from nh_otp.launcher import roles
from tests.branches.web.conftest import browser_of
from tests.branches.web.fakes import RIGHT
from tests.branches.web.test_lost_device import post, went_on
from tests.databases import Clone
from tests.factories.cast import Cast


def opens(browser: Client, name: str, *args: object) -> bool:
    return bool(browser.get(reverse(name, args=args)).status_code == 200)


def test_every_page_and_the_way_to_hand_over_need_no_more_than_the_web_process_may(clone: Clone) -> None:
    cast = Cast()
    case, teller, supervisor = cast.submitted(), browser_of(cast.teller), browser_of(cast.supervisor)
    person = cast.customer.pk

    with clone.acting_as(roles.APP):
        assert went_on(teller.post(reverse("search"), {"q": "ㄱㅅㅇ 840312"}), "customer", person)
        assert all(opens(teller, name) for name in ("home", "search", "cases", "help"))
        assert all(opens(supervisor, name) for name in ("inbox", "decisions"))
        assert opens(teller, "customer", person) and opens(teller, "case", case.pk)
        assert went_on(post(supervisor, "approve_case", case.pk, seen=cast.seen(case)), "inbox", query="?done=approved")
        assert went_on(post(teller, "collect_fee", case.pk, method="CASH", transaction_no="T-1"), "case", case.pk)
        assert opens(teller, "case", case.pk)
    post(teller, "first_code", case.pk, code=RIGHT)
    with clone.acting_as(roles.APP):
        assert all(opens(teller, name, case.pk) for name in ("case", "notice", "case_receipt"))
        assert went_on(post(teller, "hand_over", case.pk, signed="on"), "case", case.pk)
        assert opens(teller, "case", case.pk) and opens(teller, "home")
