"""최초번호: the first code of a new device, and registration once more after an interruption."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from branches.commands.first_code import grant_tries as grant
from branches.commands.first_code import register_case as register
from branches.errands import first_code as errands
from branches.queries.first_code import answer_of
from branches.web.case import carry_out, show_case
from nh_otp.access import StepUpNeeded
from nh_otp.doors import StaffRequest, once_of, status_of
from nh_otp.doors.answers import go_to
from nh_otp.errors import DomainError


class CodeForm(forms.Form):
    code = forms.CharField(max_length=8, strip=False, error_messages={"required": "번호를 입력해 주십시오."})


class PairForm(forms.Form):
    shown_as = "pair_form"
    first = forms.CharField(max_length=8, strip=False, error_messages={"required": "번호를 입력해 주십시오."})
    second = forms.CharField(max_length=8, strip=False, error_messages={"required": "다음 번호를 입력해 주십시오."})


@require_POST
def first_code(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A match goes on to the hand-over; any other answer is said on the same page."""
    form = CodeForm(request.POST)
    if not form.is_valid():
        return show_case(request, ref, status=422, form=form)
    try:
        told = errands.first_code(by=request.actor, case_ref=ref, code=form.cleaned_data["code"], once=once_of(request))
    except StepUpNeeded:
        raise
    except DomainError as refusal:
        return show_case(request, ref, status=status_of(refusal), refusal=refusal)
    return _told(request, ref, answer_of(told.verdict))


@require_POST
def two_codes(request: StaffRequest, ref: UUID) -> HttpResponse:
    """시각 보정: two codes in a row register the device and set its clock; any other answer is said on the page."""
    form = PairForm(request.POST)
    if not form.is_valid():
        return show_case(request, ref, status=422, form=form)
    try:
        told = errands.two_codes(by=request.actor, case_ref=ref, once=once_of(request), **form.cleaned_data)
    except DomainError as refusal:
        return show_case(request, ref, status=status_of(refusal), refusal=refusal)
    return _told(request, ref, answer_of(told.verdict, pair=True))


def _told(request: StaffRequest, ref: UUID, answer: str) -> HttpResponse:
    return show_case(request, ref, status=422, answer=answer) if answer else go_to("case", ref)


@require_POST
def grant_tries(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A supervisor allows three more tries."""
    form = forms.Form(request.POST)
    return carry_out(request, ref, form, lambda: grant(by=request.actor, case_ref=ref, once=once_of(request)))


@require_POST
def register_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Register with the code that was verified before; no second code is asked."""
    form = forms.Form(request.POST)
    return carry_out(request, ref, form, lambda: register(by=request.actor, case_ref=ref, once=once_of(request)))
