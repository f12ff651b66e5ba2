"""What both doors share: who is asking, and how a refusal looks to a person or to a program."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import structlog
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlencode

from nh_otp.access import Actor, Once, StepUpNeeded
from nh_otp.doors.problem import problem
from nh_otp.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable, branch_of
from nh_otp.policy import POLICY

STATUS: Mapping[type[DomainError], int] = {
    NotAllowed: 403,
    NotFound: 404,
    Invalid: 422,
    Conflict: 409,
    Unavailable: 503,
}
PUBLIC = ("/static/", "/accounts/", "/healthz", "/readyz")
"""What answers somebody who has not signed in."""
SEEN_EVERY = 60.0
"""Seconds between two notes of when a session was last used."""
Handler = Callable[[HttpRequest], HttpResponse]


class StaffRequest(HttpRequest):
    """A request after the middleware: somebody is acting."""

    actor: Actor


class RequestMiddleware:
    """Give each request an id for the logs, and every answer the one content policy; no cache may keep it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])
        response = self.get_response(request)
        response.headers["Content-Security-Policy"] = self.policy
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class StaffMiddleware:
    """Everything is closed until somebody has signed in with both factors."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        staff = signed_in(request)
        request.user = staff or AnonymousUser()
        actor = actor_of(request, staff) if staff else None
        cast(StaffRequest, request).actor = actor or Actor.anonymous(ip=client_ip(request))
        if actor is None and not request.path.startswith(PUBLIC):
            return ask_to_sign_in(request)
        return self.get_response(request)


class RefusalMiddleware:
    """Turn a refusal into a page or a fragment; programs get problem JSON from the REST framework's handler."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StepUpNeeded):
            return step_up(request)
        if isinstance(error, DomainError):
            return refusal_page(request, error)
        if isinstance(error, RequestDataTooBig):
            return refusal_page(request, Invalid(code="request.too_large"))
        return None


def signed_in(request: HttpRequest) -> Any:
    """The member of staff this session belongs to, if it is alive, unchanged and within its limits."""
    session = request.session
    proof = session.get(HASH_SESSION_KEY, "")
    staff = getattr(session, "staff", None)
    if staff is None or not staff.is_active or not constant_time_compare(proof, staff.get_session_auth_hash()):
        return None
    now = timezone.now().timestamp()
    if now - session.get("began", now) > POLICY.absolute_session.total_seconds():
        logout(request)
        return None
    if now - session.get("seen", 0.0) > SEEN_EVERY and not is_poll(request):
        session.setdefault("began", now)
        session["seen"] = now
    return staff


def is_poll(request: HttpRequest) -> bool:
    """A page asking for news by itself: nobody is at the keyboard, so it keeps no session alive."""
    return request.method == "GET" and "version" in request.GET and bool(request.headers.get("HX-Request"))


def actor_of(request: HttpRequest, staff: Any) -> Actor | None:
    """The actor of a session that has proven its second factor; None before that."""
    proofs = request.session.get("account_authentication_methods", [])
    second = [proof["at"] for proof in proofs if proof.get("method") == "mfa"]
    if not second:
        return None
    actor: Actor = staff.actor()
    return replace(
        actor,
        ip=client_ip(request),
        session=hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16],
        stepped_up_at=datetime.fromtimestamp(max(second), UTC),
    )


def client_ip(request: HttpRequest) -> str:
    """The address the one trusted proxy saw, or the peer's; what a client claims of itself counts nothing."""
    if not settings.DEMO and (forwarded := request.headers.get("X-Forwarded-For", "")):
        return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A person is shown the way to the sign-in; a program or a fragment gets 401."""
    if request.path.startswith("/api/"):
        return problem(401, code="session.none", message="로그인이 필요합니다.")
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    address = f"{reverse('account_login')}?{query}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def step_up(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor again and come back to the page that held the form."""
    address = f"{resolve_url('mfa_reauthenticate')}?{urlencode({'next': back_to(request)})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=403, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def back_to(request: HttpRequest) -> str:
    """Where to return after a step-up: the page that held the form, never the posted verb itself."""
    if request.method == "GET":
        return request.get_full_path()
    referer = request.headers.get("Referer", "")
    return "/" + referer.split("/", 3)[3] if referer.count("/") >= 3 else "/"


def status_of(refusal: DomainError) -> int:
    return STATUS[branch_of(refusal)]


def refusal_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A refusal as a page, or as the fragment htmx asked for."""
    status = status_of(refusal)
    template = "errors/refusal.html#refusal" if request.headers.get("HX-Request") else "errors/refusal.html"
    return render(request, template, {"refusal": refusal, "status": status}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is older than its session, or not ours."""
    return refusal_page(
        request, NotAllowed("화면이 오래되었습니다. 새로 고친 뒤 다시 입력해 주십시오.", code="request.csrf")
    )


def once_of(request: HttpRequest) -> Once | None:
    """The idempotency key a form or a client sent, bound to the address and body it came with.

    The digest is keyed: a body can be one six-digit code, which an unkeyed digest in a table would tell.
    """
    raw = request.POST.get("once") or request.headers.get("Idempotency-Key") or ""
    if not raw:
        return None
    try:
        key = uuid.UUID(raw)
    except ValueError:
        raise Invalid("요청 번호의 형식이 맞지 않습니다.", code="once.malformed") from None
    fields = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    body = repr(fields).encode("utf-8", "replace") if fields else request.body
    sent = request.path.encode() + b"\n" + body
    return Once(key, salted_hmac("nh_otp.once", sent, algorithm="sha256").hexdigest())
