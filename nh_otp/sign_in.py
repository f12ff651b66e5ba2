"""Sign-in by allauth, as this bank wants it: closed, with a sealed second factor, on record through commands."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import LoginStageController
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from branches.commands.staff import (
    NoSecondFactor,
    SignInLocked,
    SignInRefused,
    refuse_sign_in,
    sign_in,
    sign_out,
    step_up,
)
from branches.models import Staff, sealed
from nh_otp.access import Actor
from nh_otp.doors import client_ip, refusal_page
from nh_otp.errors import DomainError

PLACE = "second_factor"


class StaffBackend(ModelBackend):
    """Staff sign in with their number; Django's own permissions are not used."""

    def get_user(self, user_id: int) -> Staff | None:
        return Staff.objects.filter(pk=user_id, is_active=True).select_related("branch", "terminal").first()


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """No sign-up, one sentence for every failure, and every step on record."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": SignInRefused.message,
        "too_many_login_attempts": SignInLocked.message,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse | None:
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            return refusal_page(request, NoSecondFactor())
        return None

    def post_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> HttpResponse:
        sign_in(by=_signed_in(request, user), staff=user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Staff):
            sign_out(by=_signed_in(request, request.user), staff=request.user)
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        _refused(request, str(credentials.get("username", "")), stage="password")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is said twice: the page after sign-in says enough."""


class SealedMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """TOTP secrets are sealed under the data ring, like everything that must not be read from a dump."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "번호가 맞지 않습니다. 새 번호가 나오면 다시 입력해 주십시오."
    }

    def encrypt(self, text: str) -> str:
        return sealed.seal(PLACE, "totp", "staff", text).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.unseal(PLACE, "totp", "staff", bytes.fromhex(encrypted_text))


def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of signing in; wrong codes count towards the lock like wrong passwords."""
    staff_no = _halfway_in(request)
    credentials = {"username": staff_no}
    if staff_no and not AxesProxyHandler.is_allowed(request, credentials):
        return locked_out(request, credentials)
    response: HttpResponse = mfa.authenticate(request)
    if request.method == "POST" and response.status_code == HTTPStatus.OK:
        AxesProxyHandler.user_login_failed("second_factor", credentials, request)
        _refused(request, staff_no, stage="second_factor")
    return response


def step_up_again(request: HttpRequest) -> HttpResponse:
    """The second factor once more, before decisions; on record either way, and wrong codes count here too."""
    staff = request.user
    if not isinstance(staff, Staff):
        return redirect("account_login")
    credentials = {"username": staff.staff_no}
    if not AxesProxyHandler.is_allowed(request, credentials):
        logout(request)
        return locked_out(request, credentials)
    response: HttpResponse = mfa.reauthenticate(request)
    if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
        step_up(by=_signed_in(request, staff), staff=staff)
    elif request.method == "POST":
        AxesProxyHandler.user_login_failed("step_up", credentials, request)
        _refused(request, staff.staff_no, stage="step_up")
    return response


def _halfway_in(request: HttpRequest) -> str:
    """The staff number of whoever has given the password and not yet the second factor."""
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    return stage.login.user.staff_no if stage and stage.login.user else ""


def claimed_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Whose account an attempt is counted against: what was claimed, in the one spelling staff numbers have."""
    claimed = (credentials or {}).get("username") or request.POST.get("login")
    return str(claimed or "").strip().lower()


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any) -> HttpResponse:
    """What axes shows once an account is locked."""
    _refused(request, str((credentials or {}).get("username", "")), stage="password", locked=True)
    return render(request, "errors/429.html", status=429)


def _signed_in(request: HttpRequest, staff: Staff) -> Actor:
    return staff.actor().at_terminal(staff.terminal.code if staff.terminal else "", ip=client_ip(request), session="")


def _refused(request: HttpRequest, claimed: str, *, stage: str, locked: bool = False) -> None:
    with suppress(DomainError):
        refuse_sign_in(by=Actor.anonymous(ip=client_ip(request), claimed=claimed), stage=stage, locked=locked)
