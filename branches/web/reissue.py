"""The teller's verbs on a case, from opening to hand-over: shape and one call each."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from branches.commands import paperwork as papers
from branches.commands import reissue as verbs
from branches.models import FeeMethod, Reason
from branches.queries import desk as tasks
from branches.queries.case_payload import PAID_BY
from branches.queries.choices import CANCEL_REASONS
from branches.queries.paperwork import Paper
from branches.web.case import carry_out
from branches.web.customer import show_customer
from nh_otp.doors import StaffRequest, once_of
from nh_otp.doors.answers import go_to
from nh_otp.doors.fields import MESSAGES, YesNoField
from nh_otp.errors import DomainError

METHODS = [(method.value, method.label) for method in PAID_BY]


class OpenForm(forms.Form):
    reason = forms.ChoiceField(choices=Reason.choices, error_messages=dict(MESSAGES))
    old_device = forms.UUIDField(error_messages=dict(MESSAGES))


class PaperworkForm(forms.Form):
    documents = forms.MultipleChoiceField(choices=Paper.choices, error_messages=dict(MESSAGES))
    phishing_1, phishing_2, phishing_3 = YesNoField(), YesNoField(), YesNoField()
    fee_method = forms.ChoiceField(choices=METHODS, error_messages=dict(MESSAGES))
    consent = forms.BooleanField(error_messages={"required": "수수료를 안내하고 동의를 받아 주십시오."})


class DeviceForm(forms.Form):
    serial = forms.CharField(max_length=40, error_messages=dict(MESSAGES))
    vendor = forms.CharField(required=False, max_length=10, error_messages=dict(MESSAGES))


class FeeForm(forms.Form):
    method = forms.ChoiceField(choices=METHODS, error_messages=dict(MESSAGES))
    transaction_no = forms.CharField(max_length=30, error_messages=dict(MESSAGES))


class HandOverForm(forms.Form):
    signed = forms.BooleanField(error_messages={"required": "고객님의 수령 서명을 받은 뒤 완료해 주십시오."})


class CancelForm(forms.Form):
    shown_as = "cancel_form"
    reason = forms.ChoiceField(choices=list(CANCEL_REASONS.items()), error_messages=dict(MESSAGES))


@require_POST
def open_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Begin a case for a customer's device and go to its page."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return show_customer(request, ref, open_form=form)
    reason, device = Reason(form.cleaned_data["reason"]), form.cleaned_data["old_device"]
    try:
        case = verbs.open_case(
            by=request.actor, customer_ref=ref, reason=reason, old_device=device, once=once_of(request)
        )
    except DomainError as refusal:
        return show_customer(request, ref, refusal=refusal, open_form=form)
    return go_to("case", case.pk)


@require_POST
def record_paperwork(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = PaperworkForm(request.POST)

    def verb() -> object:
        given = form.cleaned_data
        return papers.record_paperwork(
            by=request.actor,
            case_ref=ref,
            documents=given["documents"],
            phishing_answers=[given["phishing_1"], given["phishing_2"], given["phishing_3"]],
            consent=given["consent"],
            fee_method=FeeMethod(given["fee_method"]),
            once=once_of(request),
        )

    return carry_out(request, ref, form, verb, task=tasks.PAPERWORK)


@require_POST
def assign_device(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = DeviceForm(request.POST)

    def verb() -> object:
        return verbs.assign_device(by=request.actor, case_ref=ref, once=once_of(request), **form.cleaned_data)

    return carry_out(request, ref, form, verb, task=tasks.DEVICE)


@require_POST
def assign_next_device(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = forms.Form(request.POST)

    def verb() -> object:
        return verbs.assign_next_device(by=request.actor, case_ref=ref, once=once_of(request))

    return carry_out(request, ref, form, verb, task=tasks.DEVICE)


@require_POST
def collect_fee(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = FeeForm(request.POST)

    def verb() -> object:
        method, number = FeeMethod(form.cleaned_data["method"]), form.cleaned_data["transaction_no"]
        return papers.collect_fee(
            by=request.actor, case_ref=ref, method=method, transaction_no=number, once=once_of(request)
        )

    return carry_out(request, ref, form, verb)


@require_POST
def hand_over(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = HandOverForm(request.POST)

    def verb() -> object:
        signed = form.cleaned_data["signed"]
        return verbs.hand_over(by=request.actor, case_ref=ref, signed=signed, once=once_of(request))

    return carry_out(request, ref, form, verb)


@require_POST
def cancel_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = CancelForm(request.POST)

    def verb() -> object:
        reason = form.cleaned_data["reason"]
        return verbs.cancel_case(by=request.actor, case_ref=ref, reason=reason, once=once_of(request))

    return carry_out(request, ref, form, verb)
