"""Finding a customer (1010) and one customer's page (1100)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from branches.commands.customer import find_customer, look_at_customer
from branches.queries.case import find_case
from branches.queries.customer import customer_page, search_page
from branches.queries.rows.customer import SearchPage
from branches.queries.search import CaseNumber, Facts, Screen, understand
from nh_otp.doors import StaffRequest, status_of
from nh_otp.doors.answers import go_to
from nh_otp.doors.fields import ref_in
from nh_otp.errors import DomainError, Invalid, NotFound

SCREENS: Mapping[str, str] = {
    "0910": "help",
    "1000": "home",
    "1010": "search",
    "1200": "cases",
    "2000": "inbox",
    "2010": "decisions",
    "3000": "stock",
}


class NoSuchScreen(NotFound):
    code, message = "search.no_screen", "그런 화면번호는 없습니다."


class NoSuchCase(NotFound):
    code, message = "search.no_case", "이 지점에 그런 재발급 번호는 없습니다."


class SearchForm(forms.Form):
    q = forms.CharField(max_length=80)


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: StaffRequest) -> HttpResponse:
    """A search is a POST: what was typed appears in no address, and who was found is on record."""
    if request.method != "POST":
        return _answer(request, SearchPage(searched=False))
    form = SearchForm(request.POST)
    if not form.is_valid():
        return _answer(request, SearchPage(searched=False), status=422)
    try:
        return _find(request, form.cleaned_data["q"])
    except (Invalid, NotFound) as refusal:
        return _answer(request, SearchPage(searched=True, says=refusal.message), status=status_of(refusal))


def _find(request: StaffRequest, typed: str) -> HttpResponse:
    match understand(typed, on=timezone.localdate()):
        case Screen(number):
            return _open_screen(number)
        case CaseNumber(number):
            return _open_case(request, number)
        case Facts() as facts:
            found = find_customer(by=request.actor, facts=facts)
            return go_to("customer", found[0].pk) if len(found) == 1 else _answer(request, search_page(found))


def _open_screen(number: str) -> HttpResponse:
    if number not in SCREENS:
        raise NoSuchScreen()
    return go_to(SCREENS[number])


def _open_case(request: StaffRequest, number: str) -> HttpResponse:
    ref = find_case(number, by=request.actor)
    if ref is None:
        raise NoSuchCase()
    return go_to("case", ref)


def _answer(request: StaffRequest, page: SearchPage, *, status: int = 200) -> HttpResponse:
    return render(request, "branches/customer/search.html", {"page": page}, status=status)


@require_GET
def customer(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One person; looking is on record."""
    look_at_customer(by=request.actor, customer_ref=ref)
    return show_customer(request, ref, reported=ref_in(request.GET.get("reported", "")))


def show_customer(
    request: StaffRequest,
    ref: UUID,
    *,
    reported: UUID | None = None,
    refusal: DomainError | None = None,
    **forms_shown: forms.Form,
) -> HttpResponse:
    """The customer's page, with what was wrong with a form or why a verb was refused."""
    page = customer_page(ref, by=request.actor, at=timezone.now(), reported=reported)
    wrong = any(form.errors for form in forms_shown.values())
    status = status_of(refusal) if refusal else 422 if wrong else 200
    shown = {"page": page, "refusal": refusal, **forms_shown}
    return render(request, "branches/customer/detail.html", shown, status=status)
