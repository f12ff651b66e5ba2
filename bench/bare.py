"""The baseline: a bare Django view under the same server: one select, one committed update, no session."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare_settings"
application = get_wsgi_application()

from branches.models import Terminal  # noqa: E402 – models exist only after the application is made


def bare(request: HttpRequest, key: int) -> HttpResponse:
    terminal = Terminal.objects.get(pk=key)
    Terminal.objects.filter(pk=key).update(name=terminal.name)
    return HttpResponse(b"ok")


urlpatterns = [path("bare/<int:key>", bare)]
