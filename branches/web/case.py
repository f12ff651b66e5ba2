"""Cases: the list (1200), the page of one (1210) with its poll, and how every verb on a case answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from branches.commands.customer import look_at_customer
from branches.queries.case import case_page, case_version
from branches.queries.cases import case_list
from nh_otp.doors import StaffRequest
from nh_otp.doors.answers import carried_out, go_to
from nh_otp.errors import DomainError

DETAIL = "branches/case/detail.html"


@require_GET
def cases(request: StaffRequest) -> HttpResponse:
    """Open cases of the branch."""
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    page = case_list(by=request.actor, at=timezone.now(), state=state, after=after)
    return render(request, "branches/case/list.html", {"page": page})


@require_GET
def case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One case; looking at its customer is on record. `?task=` opens another of the tasks that may be opened."""
    wanted = request.GET.get("task", "")
    task = int(wanted) if wanted.isascii() and wanted.isdigit() else None
    page = case_page(ref, by=request.actor, at=timezone.now(), task=task)
    look_at_customer(by=request.actor, customer_ref=page.head.customer, case_ref=ref)
    return render(request, DETAIL, {"page": page})


@require_GET
def case_poll(request: StaffRequest, ref: UUID) -> HttpResponse:
    """204 while nothing changed; else the page once more, from which htmx takes the case and the menu."""
    if case_version(ref, by=request.actor) == request.GET.get("version"):
        return HttpResponse(status=204)
    page = case_page(ref, by=request.actor, at=timezone.now(), announce=True)
    return render(request, DETAIL, {"page": page})


def carry_out(
    request: StaffRequest, ref: UUID, form: forms.Form, verb: Callable[[], object], *, task: int | None = None
) -> HttpResponse:
    """Do one verb on a case and go on to its page, or show the page with what was wrong and the input kept."""
    show = partial(show_case, request, ref, task=task)
    return carried_out(form, verb, show=show, then=partial(go_to, "case", ref))


def show_case(
    request: StaffRequest,
    ref: UUID,
    *,
    status: int,
    task: int | None = None,
    answer: str = "",
    refusal: DomainError | None = None,
    form: forms.Form | None = None,
) -> HttpResponse:
    """The page of a case after a verb that did not succeed. Raises NotFound for those who may not see it."""
    page = case_page(ref, by=request.actor, at=timezone.now(), task=task, answer=answer)
    name = getattr(form, "shown_as", "form")
    return render(request, DETAIL, {"page": page, "refusal": refusal, name: form}, status=status)
