"""Paper about a case: the notice (A4) and the receipt (80 mm)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from branches.queries import paper
from nh_otp.doors import StaffRequest


@require_GET
def notice(request: StaffRequest, ref: UUID) -> HttpResponse:
    page = paper.notice(ref, by=request.actor, at=timezone.now())
    return render(request, "branches/paper/notice.html", {"page": page})


@require_GET
def case_receipt(request: StaffRequest, ref: UUID) -> HttpResponse:
    page = paper.case_receipt(ref, by=request.actor, at=timezone.now())
    return render(request, "branches/paper/case_receipt.html", {"page": page})
