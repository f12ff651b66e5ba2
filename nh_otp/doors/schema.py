"""How an API view says in the schema what it takes and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

Handler = TypeVar("Handler", bound=Callable[..., Any])
Shape = type[serializers.Serializer[Any]]
KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="같은 요청을 다시 보내도 한 번만 처리합니다.",
)


class Problem(serializers.Serializer[Mapping[str, Any]]):
    """A problem document (RFC 9457) with our code and Korean sentence."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


REFUSALS = (400, 401, 403, 404, 409, 422, 503)


def verb(name: str, given: Shape, answer: Shape, *, status: int = 200) -> Callable[[Handler], Handler]:
    """Say in the schema what a POST takes and answers; every one demands an idempotency key."""
    answers = {status: answer, **dict.fromkeys(REFUSALS, Problem)}
    return extend_schema(operation_id=name, request=given, responses=answers, parameters=[KEY], tags=["staff"])


def look(name: str, answer: Shape, *, filters: Shape | None = None) -> Callable[[Handler], Handler]:
    """Say in the schema what a GET answers."""
    answers = {200: answer, **dict.fromkeys(REFUSALS[:4], Problem)}
    parameters = [filters] if filters else None
    return extend_schema(operation_id=name, responses=answers, parameters=parameters, tags=["staff"])
