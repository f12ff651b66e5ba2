"""What every API view shares: who is acting, its idempotency key, how input is read, and fields that are strict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.timezone import is_naive
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions as rest
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from nh_otp.access import Once
from nh_otp.doors import once_of
from nh_otp.doors.staff_api import actor
from nh_otp.errors import Invalid

__all__ = ["Moment", "OneOf", "Text", "YesNo", "actor", "once", "read", "read_query"]


class Text(serializers.CharField):
    """Text sent as a JSON string; a number is not text, least of all a code with leading zeros."""

    def to_internal_value(self, data: object) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class YesNo(serializers.BooleanField):
    """`true` or `false`, and nothing that merely reads like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Moment(serializers.DateTimeField):
    """A moment with its offset (RFC 3339 section 5.6)."""

    default_error_messages = {"naive": "시각에 시간대가 없습니다. 2026-11-23T10:15:00+09:00처럼 보내 주십시오."}

    def enforce_timezone(self, value: datetime) -> datetime:
        if is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class OneOf(serializers.ChoiceField):
    """One value of an enum, read as that enum."""

    def __init__(self, kind: type[TextChoices], **more: Any) -> None:
        self.kind = kind
        super().__init__(choices=kind.choices, **more)

    def to_internal_value(self, data: Any) -> TextChoices:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return self.kind(super().to_internal_value(data))


class SessionInSchema(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """The staff session as OpenAPI calls it: a cookie."""

    target_class = "nh_otp.doors.staff_api.StaffSession"
    name = "staff_session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def once(request: Request) -> Once:
    """The idempotency key every POST must carry. Raises Invalid without one."""
    found = once_of(request._request)
    if found is None:
        raise Invalid("Idempotency-Key 머리글이 필요합니다.", code="once.missing")
    return found


def read(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated body; unknown fields are an error, not ignored. Raises ValidationError or ParseError (400)."""
    _ = request._request.body  # kept whole: the idempotency key is bound to it
    try:
        return _validated(shape, request.data)
    except RecursionError:
        raise rest.ParseError() from None


def read_query(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The validated filters of a list; unknown ones are an error. Raises ValidationError (400)."""
    return _validated(shape, request.query_params.dict())


def _validated(shape: type[Serializer[Any]], data: object) -> dict[str, Any]:
    serializer = shape(data=data)
    unknown = set(data) - set(serializer.fields) if isinstance(data, Mapping) else set()
    if unknown:
        raise rest.ValidationError({str(name)[:40]: ["알 수 없는 항목입니다."] for name in sorted(unknown)})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
