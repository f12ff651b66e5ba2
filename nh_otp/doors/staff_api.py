"""How the REST framework learns who is asking, and answers refusals; named in the settings, so it imports no views."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from rest_framework import exceptions as rest
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from nh_otp.access import Actor, Role
from nh_otp.doors import status_of
from nh_otp.doors.problem import MESSAGES, problem
from nh_otp.errors import DomainError, NotAllowed


def actor(request: Request) -> Actor:
    """Whoever is acting, as the middleware found out."""
    found: Actor = request._request.actor  # type: ignore[attr-defined]  # set by StaffMiddleware
    return found


class StaffSession(SessionAuthentication):
    """The staff session with its second factor; the CSRF token is demanded as from a form."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if actor(request).role is Role.ANONYMOUS:
            return None
        self.enforce_csrf(request)
        return request._request.user, None

    def enforce_csrf(self, request: Request) -> None:
        """Refuse what another site may have made this browser send. Raises NotAllowed."""
        try:
            super().enforce_csrf(request)
        except rest.PermissionDenied:
            raise NotAllowed("CSRF 토큰이 없거나 맞지 않습니다.", code="request.csrf") from None

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class IsStaff(BasePermission):
    """Closed until opened: nobody anonymous gets past this."""

    def has_permission(self, request: Request, view: object) -> bool:
        return actor(request).role is not Role.ANONYMOUS


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | JsonResponse | None:
    """Every refusal and every malformed request as a problem document; anything else is a fault of ours."""
    if isinstance(error, DomainError):
        return problem(status_of(error), code=error.code, message=error.message)
    if isinstance(error, rest.APIException):
        code, message = MESSAGES.get(error.status_code, MESSAGES[400])
        errors = {"errors": error.detail} if isinstance(error, rest.ValidationError) else {}
        return problem(error.status_code, code=code, message=message, **errors)
    if isinstance(error, RequestDataTooBig):
        code, message = MESSAGES[413]
        return problem(413, code=code, message=message)
    return None
