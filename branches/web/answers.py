"""How the doors answer: go on to the next page, or show the same page with what was wrong."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


class SeeOther(HttpResponseRedirect):
    """After a POST the browser fetches the next page with GET (RFC 9110 section 15.4.4)."""

    status_code = 303


def go_to(name: str, *args: object, query: str = "") -> SeeOther:
    """On to a named page."""
    return SeeOther(f"{resolve_url(name, *args)}{query}")
