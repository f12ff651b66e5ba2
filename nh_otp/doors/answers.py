"""How the doors answer: go on to the next page, or show the same page with what was wrong."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url

from nh_otp.access import StepUpNeeded
from nh_otp.doors import status_of
from nh_otp.errors import DomainError


class SeeOther(HttpResponseRedirect):
    """After a POST the browser fetches the next page with GET (RFC 9110 section 15.4.4)."""

    status_code = 303


def go_to(name: str, *args: object, query: str = "") -> SeeOther:
    """On to a named page."""
    return SeeOther(f"{resolve_url(name, *args)}{query}")


def carried_out(
    form: forms.Form,
    verb: Callable[[], object],
    *,
    show: Callable[..., HttpResponse],
    then: Callable[[], HttpResponse],
) -> HttpResponse:
    """Do one verb and go on, or show the page again with what was wrong and the input kept."""
    if not form.is_valid():
        return show(status=422, form=form)
    try:
        verb()
    except StepUpNeeded:
        raise
    except DomainError as refusal:
        return show(status=status_of(refusal), form=form, refusal=refusal)
    return then()
