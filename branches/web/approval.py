"""책임자 승인: asking for it, the inbox (2000), and the decision."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from branches.commands import approval as verbs
from branches.commands.customer import look_at_customer
from branches.models import ReturnReason
from branches.queries import approvals as queries
from branches.queries import desk as tasks
from branches.queries.evidence import Flag
from branches.web.case import carry_out
from nh_otp.access import StepUpNeeded
from nh_otp.doors import StaffRequest, once_of, status_of
from nh_otp.doors.answers import go_to
from nh_otp.doors.fields import MESSAGES
from nh_otp.errors import DomainError, Invalid

INBOX = "branches/approval/inbox.html"
DONE = {"approved": "승인하였습니다.", "returned": "반려하였습니다.", "refused": "승인거절하였습니다."}
"""What is said once after a decision, by the word in the address."""


class MemoForm(forms.Form):
    memo = forms.CharField(required=False, max_length=80, error_messages=dict(MESSAGES))


class ApproveForm(forms.Form):
    seen = forms.CharField(max_length=64)
    flags = forms.MultipleChoiceField(required=False, choices=[(flag.value, flag.value) for flag in Flag])


class ReasonForm(forms.Form):
    reason = forms.ChoiceField(choices=ReturnReason.choices)


@require_POST
def submit_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = MemoForm(request.POST)

    def verb() -> object:
        memo = form.cleaned_data["memo"]
        return verbs.submit_case(by=request.actor, case_ref=ref, memo=memo, once=once_of(request))

    return carry_out(request, ref, form, verb, task=tasks.APPROVAL)


@require_POST
def withdraw_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = forms.Form(request.POST)

    def verb() -> object:
        return verbs.withdraw_case(by=request.actor, case_ref=ref, once=once_of(request))

    return carry_out(request, ref, form, verb)


@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """What waits, the first request that may be decided opened; with `?version=` only what came since."""
    if "version" in request.GET:
        return _news(request, request.GET["version"])
    return _open(request, queries.first_to_decide(by=request.actor))


def _news(request: StaffRequest, version: str) -> HttpResponse:
    news = queries.news(version, by=request.actor)
    if not news.arrived:
        return HttpResponse(status=204)
    return render(request, f"{INBOX}#arrivals", {"page": news})


@require_GET
def inbox_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """One request; when it no longer waits, the inbox."""
    return _open(request, ref)


def _open(request: StaffRequest, ref: UUID | None) -> HttpResponse:
    """The inbox with one request opened; looking at its customer is on record."""
    page = queries.inbox_page(by=request.actor, at=timezone.now(), selected=ref)
    if ref is not None:
        matter = queries.matter_of(ref, by=request.actor)
        look_at_customer(by=request.actor, customer_ref=matter.customer_id, **{queries.ref_name(matter): ref})
        if page.selected is None:
            return go_to("inbox")
    done = DONE.get(request.GET.get("done", ""))
    return render(request, INBOX, {"page": page, "messages": [done] if done else []})


@require_POST
def approve_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Approve exactly what was shown."""
    form = ApproveForm(request.POST)

    def verb() -> object:
        seen, flags = form.cleaned_data["seen"], form.cleaned_data["flags"]
        return verbs.approve_case(by=request.actor, case_ref=ref, seen=seen, flags=flags, once=once_of(request))

    return decide(request, ref, form, verb, done="approved")


@require_POST
def return_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def verb() -> object:
        reason = ReturnReason(form.cleaned_data["reason"])
        return verbs.return_case(by=request.actor, case_ref=ref, reason=reason, once=once_of(request))

    return decide(request, ref, form, verb, done="returned")


@require_POST
def refuse_case(request: StaffRequest, ref: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def verb() -> object:
        reason = ReturnReason(form.cleaned_data["reason"])
        return verbs.refuse_case(by=request.actor, case_ref=ref, reason=reason, once=once_of(request))

    return decide(request, ref, form, verb, done="refused")


def decide(
    request: StaffRequest, ref: UUID, form: forms.Form, verb: Callable[[], object], *, done: str
) -> HttpResponse:
    """Decide and go on to the next request, or show the same one with why it was refused."""
    try:
        if not form.is_valid():
            raise Invalid()
        verb()
    except StepUpNeeded:
        raise
    except DomainError as refusal:
        queries.matter_of(ref, by=request.actor)
        page = queries.inbox_page(by=request.actor, at=timezone.now(), selected=ref)
        return render(request, INBOX, {"page": page, "refusal": refusal}, status=status_of(refusal))
    return go_to("inbox", query=f"?done={done}")


@require_GET
def decisions(request: StaffRequest) -> HttpResponse:
    """What was decided in the branch."""
    page = queries.decision_list(by=request.actor, after=request.GET.get("after", ""))
    return render(request, "branches/approval/decisions.html", {"page": page})
