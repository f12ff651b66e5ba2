"""What is shown when nothing of ours answered: a page for people, a problem document for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nh_otp.doors.problem import MESSAGES, problem


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def fault(request: HttpRequest) -> HttpResponse:
    return _page(request, 500)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        code, message = MESSAGES[status]
        return problem(status, code=code, message=message)
    return render(request, f"errors/{status}.html", status=status)
