"""본인확인: what the document says goes in, 일치 or 불일치 comes out."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from branches.errands import identity as errands
from branches.models import DocumentKind
from branches.queries import desk as tasks
from branches.web.case import carry_out
from branches.web.fields import DayField
from nh_otp.doors import StaffRequest, once_of
from nh_otp.doors.fields import MESSAGES


class IdentityForm(forms.Form):
    document = forms.ChoiceField(choices=DocumentKind.choices, error_messages=dict(MESSAGES))
    name = forms.CharField(max_length=80, error_messages=dict(MESSAGES))
    birth_on = DayField(error_messages=dict(MESSAGES))
    issued_on = DayField(required=False)
    number_tail = forms.RegexField(r"^[0-9A-Za-z-]*$", required=False, max_length=16, error_messages=dict(MESSAGES))
    photo_matched = forms.BooleanField(
        error_messages={"required": "신분증의 사진을 고객님과 대조한 뒤 표시해 주십시오."}
    )


@require_POST
def check_identity(request: StaffRequest, ref: UUID) -> HttpResponse:
    """Every answer is recorded; the case page says what it was."""
    form = IdentityForm(request.POST)
    return carry_out(request, ref, form, identity_verb(request, form, case_ref=ref), task=tasks.IDENTITY)


def identity_verb(
    request: StaffRequest, form: IdentityForm, *, case_ref: UUID | None = None, service_ref: UUID | None = None
) -> Callable[[], object]:
    """The check with what the form holds, for a case or a service."""

    def verb() -> object:
        given = form.cleaned_data | {"document": DocumentKind(form.cleaned_data["document"])}
        return errands.check_identity(
            by=request.actor, case_ref=case_ref, service_ref=service_ref, once=once_of(request), **given
        )

    return verb
