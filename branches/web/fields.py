"""A form field only people's doors need: a day as a teller types it."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches.queries.search import days_in


class DayField(forms.Field):
    """A day typed as six or eight digits; of two readings the later one that is not after today."""

    def to_python(self, value: str | None) -> date | None:
        if not value:
            return None
        days = days_in(value, on=timezone.localdate())
        if not days:
            raise ValidationError("날짜를 숫자 6자리 또는 8자리로 입력해 주십시오.")
        return days[0]
