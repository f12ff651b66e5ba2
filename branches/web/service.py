"""Device services (1120): 오류해제 and 시각 보정 for a device in its customer's hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from branches.commands import service as verbs
from branches.commands import service_decision as decisions
from branches.commands.customer import look_at_customer
from branches.errands import service as errands
from branches.models import ReturnReason
from branches.queries.choices import SERVICE_CANCEL_REASONS
from branches.queries.service import service_page, service_version
from branches.queries.service_code import answer_of
from branches.web.approval import ApproveForm, ReasonForm, decide
from branches.web.customer import show_customer
from branches.web.identity import IdentityForm, identity_verb
from devices.models import ServiceKind
from nh_otp.doors import StaffRequest, once_of, status_of
from nh_otp.doors.answers import carried_out, go_to
from nh_otp.doors.fields import MESSAGES
from nh_otp.errors import DomainError

DETAIL = "branches/service/detail.html"
NO_CODE = {"required": "번호를 입력해 주십시오."}


class OpenForm(forms.Form):
    kind = forms.ChoiceField(choices=ServiceKind.choices, error_messages=dict(MESSAGES))
    device = forms.UUIDField(error_messages=dict(MESSAGES))


class CodesForm(forms.Form):
    first = forms.CharField(max_length=8, strip=False, error_messages=NO_CODE)
    second = forms.CharField(max_length=8, strip=False, required=False)


class CancelForm(forms.Form):
    shown_as = "cancel_form"
    reason = forms.ChoiceField(choices=list(SERVICE_CANCEL_REASONS.items()), error_messages=dict(MESSAGES))


@require_POST
def open_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Begin an unlock or a time correction for a customer's device and go to its page."""
    form = OpenForm(request.POST)
    if not form.is_valid():
        return show_customer(request, ref, service_form=form)
    kind, device = ServiceKind(form.cleaned_data["kind"]), form.cleaned_data["device"]
    try:
        service = verbs.open_service(
            by=request.actor, customer_ref=ref, device=device, kind=kind, once=once_of(request)
        )
    except DomainError as refusal:
        return show_customer(request, ref, refusal=refusal)
    return go_to("service", service.pk)


@require_GET
def service(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One service; looking at its customer is on record."""
    page = service_page(ref, by=request.actor, at=timezone.now())
    look_at_customer(by=request.actor, customer_ref=page.head.customer, service_ref=ref)
    return render(request, DETAIL, {"page": page})


@require_GET
def service_poll(request: StaffRequest, ref: UUID) -> HttpResponse:
    """204 while nothing changed; else the page once more, from which htmx takes the service."""
    if service_version(ref, by=request.actor, at=timezone.now()) == request.GET.get("version"):
        return HttpResponse(status=204)
    return show_service(request, ref)


@require_POST
def check_service_identity(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Every answer is recorded; the page says what it was."""
    form = IdentityForm(request.POST)
    return _carry_out(request, ref, form, identity_verb(request, form, service_ref=ref))


@require_POST
def check_service_codes(request: StaffRequest, ref: UUID) -> HttpResponse:
    """A match goes on to the decision; any other answer is said on the same page."""
    form = CodesForm(request.POST)
    if not form.is_valid():
        return show_service(request, ref, status=422, form=form)
    try:
        proof = errands.check_codes(by=request.actor, service_ref=ref, once=once_of(request), **form.cleaned_data)
    except DomainError as refusal:
        return show_service(request, ref, status=status_of(refusal), refusal=refusal)
    answer = answer_of(proof.verdict, pair=bool(form.cleaned_data["second"]))
    return show_service(request, ref, status=422, answer=answer) if answer else go_to("service", ref)


@require_POST
def submit_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    return _carry_out(
        request, ref, forms.Form(request.POST),
        lambda: decisions.submit_service(by=request.actor, service_ref=ref, once=once_of(request)),
    )  # fmt: skip


@require_POST
def finish_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Have the verifier act on the decision once more, after it did not answer."""
    form = forms.Form(request.POST)
    return _carry_out(request, ref, form, lambda: errands.finish(by=request.actor, service_ref=ref))


@require_POST
def cancel_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = CancelForm(request.POST)

    def verb() -> object:
        reason = form.cleaned_data["reason"]
        return verbs.cancel_service(by=request.actor, service_ref=ref, reason=reason, once=once_of(request))

    return _carry_out(request, ref, form, verb)


@require_POST
def approve_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Approve exactly what was shown, and have it done."""
    form = ApproveForm(request.POST)

    def verb() -> object:
        seen, flags = form.cleaned_data["seen"], form.cleaned_data["flags"]
        return errands.approve(by=request.actor, service_ref=ref, seen=seen, flags=flags, once=once_of(request))

    return decide(request, ref, form, verb, done="approved")


@require_POST
def return_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def verb() -> object:
        reason = ReturnReason(form.cleaned_data["reason"])
        return decisions.return_service(by=request.actor, service_ref=ref, reason=reason, once=once_of(request))

    return decide(request, ref, form, verb, done="returned")


@require_POST
def refuse_service(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def verb() -> object:
        reason = ReturnReason(form.cleaned_data["reason"])
        return decisions.refuse_service(by=request.actor, service_ref=ref, reason=reason, once=once_of(request))

    return decide(request, ref, form, verb, done="refused")


def _carry_out(request: StaffRequest, ref: UUID, form: forms.Form, verb: Callable[[], object]) -> HttpResponse:
    show = partial(show_service, request, ref)
    return carried_out(form, verb, show=show, then=partial(go_to, "service", ref))


def show_service(
    request: StaffRequest,
    ref: UUID,
    *,
    status: int = 200,
    answer: str = "",
    refusal: DomainError | None = None,
    form: forms.Form | None = None,
) -> HttpResponse:
    """The page of a service after a verb that did not succeed. Raises NotFound for those who may not see it."""
    page = service_page(ref, by=request.actor, at=timezone.now(), answer=answer)
    name = getattr(form, "shown_as", "form")
    return render(request, DETAIL, {"page": page, "refusal": refusal, name: form}, status=status)
