"""The stock screen (3000): what lies where."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from devices.queries.stock import stock_page
from nh_otp.doors import StaffRequest


@require_GET
def stock(request: StaffRequest) -> HttpResponse:
    """Balances of the own branch by product and place."""
    page = stock_page(by=request.actor, on=timezone.localdate())
    return render(request, "devices/stock/balances.html", {"page": page})
