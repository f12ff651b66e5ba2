"""Loss reports (사고신고): the panel on the customer's page (1110) and the printed receipt."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from branches.commands import loss as verbs
from branches.models import LossKind, Reporter
from branches.queries import paper
from branches.web.customer import show_customer
from nh_otp.doors import StaffRequest, once_of
from nh_otp.doors.answers import go_to
from nh_otp.doors.fields import MESSAGES, RefsField
from nh_otp.errors import DomainError


class LossForm(forms.Form):
    device = RefsField(error_messages={"required": "정지할 기기를 골라 주십시오."})
    kind = forms.ChoiceField(choices=LossKind.choices, error_messages=dict(MESSAGES))
    reporter = forms.ChoiceField(choices=Reporter.choices, error_messages=dict(MESSAGES))
    claimed_at = forms.DateTimeField(
        required=False, error_messages={"invalid": "날짜와 시각을 2026-11-23 10:15처럼 입력해 주십시오."}
    )
    place = forms.CharField(required=False, max_length=60, error_messages=dict(MESSAGES))


@require_POST
def report_loss(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Stop devices at once, then offer to go on with the reissue."""
    form = LossForm(request.POST)
    if not form.is_valid():
        return show_customer(request, ref, form=form)
    given = form.cleaned_data
    try:
        report = verbs.report_loss(
            by=request.actor,
            customer_ref=ref,
            devices=given["device"],
            kind=LossKind(given["kind"]),
            reporter=Reporter(given["reporter"]),
            claimed_at=given["claimed_at"],
            place=given["place"],
            once=once_of(request),
        )
    except DomainError as refusal:
        return show_customer(request, ref, refusal=refusal, form=form)
    return go_to("customer", ref, query=f"?reported={report.pk}")


@require_GET
def loss_receipt(request: StaffRequest, ref: UUID) -> HttpResponse:
    """사고신고 접수증, 80 mm."""
    page = paper.loss_receipt(ref, by=request.actor, at=timezone.now())
    return render(request, "branches/paper/loss_receipt.html", {"page": page})
