"""The counter home (1000) and the help page (0910)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from branches.queries.counter import home_page
from nh_otp.access import Permission
from nh_otp.doors import StaffRequest
from nh_otp.doors.answers import go_to

HOME = "branches/counter/home.html"


@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """The first screen of each role: the counter's, or the nearest thing this role may see."""
    by = request.actor
    if not by.may(Permission.REPORT_LOSS) or not by.may(Permission.VIEW_CASES):
        return go_to(_first_screen(request))
    page = home_page(by=by, at=timezone.now())
    if request.GET.get("part") != "todo":
        return render(request, HOME, {"page": page})
    if request.GET.get("version") == page.version:
        return HttpResponse(status=204)
    return render(request, f"{HOME}#todo", {"page": page})


def _first_screen(request: StaffRequest) -> str:
    if request.actor.may(Permission.VIEW_CASES):
        return "cases"
    if request.actor.may(Permission.VIEW_STOCK):
        return "stock"
    return "search" if request.actor.may(Permission.FIND_CUSTOMER) else "help"


@require_safe
def help_page(request: StaffRequest) -> HttpResponse:
    return render(request, "branches/help.html")
