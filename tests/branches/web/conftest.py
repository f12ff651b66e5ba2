"""Browsers of people who have signed in with both factors, without going through the sign-in pages."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from branches.models import Staff
from branches.models.session import SessionStore
from tests.factories.cast import Cast

SignIn = Callable[[Staff], Client]


def browser_of(person: Staff, *, stepped_up: float | None = None) -> Client:
    """A browser with a session whose second factor was given at a moment (Unix seconds), by default now."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "nh_otp.sign_in.StaffBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    now = timezone.now().timestamp()
    session["account_authentication_methods"] = [{"method": "mfa", "at": stepped_up or now}]
    session["began"] = session["seen"] = now
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


@pytest.fixture
def signed_in(db: None) -> SignIn:
    return browser_of


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def teller(cast: Cast) -> Client:
    return browser_of(cast.teller)


@pytest.fixture
def supervisor(cast: Cast) -> Client:
    return browser_of(cast.supervisor)


@pytest.fixture(autouse=True)
def _known_code(settings: Settings) -> None:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": "tests.branches.web.fakes.one_code"}
