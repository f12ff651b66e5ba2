"""Form fields that several doors share, with messages in the bank's tone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

REQUIRED = "입력하거나 골라 주십시오."
MESSAGES: Mapping[str, str] = {
    "required": REQUIRED,
    "invalid": "입력한 내용을 다시 확인해 주십시오.",
    "invalid_choice": "목록에 있는 것을 골라 주십시오.",
    "invalid_list": "목록에 있는 것을 골라 주십시오.",
    "max_length": "너무 길게 입력하셨습니다.",
}


class RefsField(forms.Field):
    """One or more references, as checkboxes post them."""

    widget = forms.SelectMultiple

    def prepare_value(self, value: object) -> object:
        return [_ref(each) or each for each in value] if isinstance(value, list) else value

    def to_python(self, value: list[str] | None) -> list[UUID]:
        refs = [_ref(each) for each in value or []]
        if None in refs:
            raise ValidationError(MESSAGES["invalid_choice"])
        return [ref for ref in refs if ref]


class YesNoField(forms.ChoiceField):
    """예 · 아니오, neither of them preset."""

    def __init__(self) -> None:
        super().__init__(choices=[("yes", "예"), ("no", "아니오")], error_messages=dict(MESSAGES))

    def clean(self, value: object) -> bool:
        return bool(super().clean(value) == "yes")


def _ref(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def ref_in(text: str) -> UUID | None:
    """A reference in an address, if it is one."""
    return _ref(text)
