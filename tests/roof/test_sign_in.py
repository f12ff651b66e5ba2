"""Signing in: both factors, one sentence for every failure, a lock after five, and everything on record."""

from __future__ import annotations

import pyotp
import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client

from branches.models import Staff, StaffSession
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.policy import POLICY
from tests.factories.cast import staff

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN, SECOND, AGAIN = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/"


@pytest.fixture
def person(db: None) -> Staff:
    """A teller with a password and a second factor."""
    cache.clear()
    teller = staff(Role.TELLER)
    Staff.objects.filter(pk=teller.pk).update(password=make_password(PASSWORD), staff_no=teller.staff_no.lower())
    teller.refresh_from_db()
    Authenticator.objects.create(
        user=teller, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(SECRET)}
    )
    return teller


@pytest.fixture
def browser() -> Client:
    return Client()


def gives_password(browser: Client, person: Staff, password: str = PASSWORD) -> int:
    return browser.post(LOGIN, {"login": person.staff_no, "password": password}).status_code


def gives_code(browser: Client, code: str | None = None) -> int:
    return browser.post(SECOND, {"code": code or pyotp.TOTP(SECRET).now()}).status_code


def wrong_code() -> str:
    return f"{(int(pyotp.TOTP(SECRET).now()) + 500_000) % 1_000_000:06d}"


def outcomes(action: str) -> list[tuple[str, str]]:
    return list(AuditRow.objects.filter(action=action).order_by("at").values_list("outcome", "code"))


def test_a_teller_signs_in_with_both_factors(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    gives_code(browser)

    assert browser.get("/").status_code == 200
    assert StaffSession.objects.get(staff=person).staff == person
    assert outcomes("session.began") == [("DONE", "")]


def test_a_password_alone_opens_nothing(browser: Client, person: Staff) -> None:
    gives_password(browser, person)

    assert browser.get("/").headers["Location"].startswith(LOGIN)
    assert browser.get("/api/v1/cases").status_code == 401
    assert outcomes("session.began") == []


@pytest.mark.parametrize("staff_no", ["", "nobody"])
def test_whoever_is_unknown_gets_the_sentence_of_a_wrong_password(
    browser: Client, person: Staff, staff_no: str
) -> None:
    known = browser.post(LOGIN, {"login": person.staff_no, "password": "wrong"})
    unknown = browser.post(LOGIN, {"login": staff_no or "x", "password": "wrong"})

    sentence = "직원번호 또는 비밀번호가 맞지 않습니다."
    assert (sentence in known.content.decode(), sentence in unknown.content.decode()) == (True, True)
    assert outcomes("session.began") == [("REFUSED", "session.refused")] * 2


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(browser: Client, person: Staff) -> None:
    for _ in range(POLICY.failed_sign_ins):
        gives_password(browser, person, "wrong")

    assert gives_password(browser, person) == 429
    assert outcomes("session.began")[-1] == ("REFUSED", "session.locked")


def test_wrong_second_factors_count_towards_the_same_lock(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    for _ in range(POLICY.failed_sign_ins):
        gives_code(browser, wrong_code())

    assert gives_code(browser) == 429
    assert browser.get("/").status_code == 302


def test_a_second_factor_is_taken_once(browser: Client, person: Staff) -> None:
    code = pyotp.TOTP(SECRET).now()
    gives_password(browser, person)
    gives_code(browser, code)
    other = Client()
    gives_password(other, person)

    gives_code(other, code)

    assert other.get("/").status_code == 302


def test_nobody_signs_in_without_a_second_factor_of_their_own(browser: Client, person: Staff) -> None:
    Authenticator.objects.all().delete()

    assert gives_password(browser, person) == 403
    assert browser.get("/").status_code == 302


def test_the_secret_of_the_second_factor_is_sealed(person: Staff) -> None:
    stored = Authenticator.objects.get(user=person).data["secret"]

    assert SECRET not in stored
    assert get_adapter().decrypt(stored) == SECRET


def test_a_step_up_is_on_record_and_a_failed_one_as_well(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    gives_code(browser, pyotp.TOTP(SECRET).now())
    cache.clear()

    browser.post(AGAIN, {"code": wrong_code()})
    browser.post(AGAIN, {"code": pyotp.TOTP(SECRET).now()})

    assert outcomes("session.stepped_up") == [("DONE", "")]
    assert outcomes("session.began")[-1] == ("REFUSED", "session.refused")


def test_guessing_at_a_step_up_locks_the_account_and_ends_the_session(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    gives_code(browser)

    statuses = [browser.post(AGAIN, {"code": wrong_code()}).status_code for _ in range(POLICY.failed_sign_ins + 1)]

    assert statuses[-1] == 429
    assert browser.get("/").headers["Location"].startswith(LOGIN)


def test_who_leaves_the_bank_is_out_with_the_next_request(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    gives_code(browser)
    Staff.objects.filter(pk=person.pk).update(is_active=False)

    assert browser.get("/").headers["Location"].startswith(LOGIN)


def test_signing_out_ends_the_session_and_is_on_record(browser: Client, person: Staff) -> None:
    gives_password(browser, person)
    gives_code(browser)

    browser.post("/accounts/logout/")

    assert browser.get("/").status_code == 302
    assert outcomes("session.ended") == [("DONE", "")]


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "password/set/", "2fa/", "2fa/totp/activate/"]
)
def test_nothing_else_of_the_library_answers(browser: Client, db: None, path: str) -> None:
    assert browser.get(f"/accounts/{path}").status_code == 404
