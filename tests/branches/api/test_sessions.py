"""Whose session opens the door, and for how long."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from branches.models import Staff, StaffSession
from branches.models.session import SessionStore
from nh_otp.access import Role
from nh_otp.doors import client_ip, once_of
from nh_otp.errors import Invalid
from nh_otp.policy import POLICY
from tests.branches.api.program import Program
from tests.factories.cast import Cast

KEY = "0d1c2c2e-6b4e-4b6e-9e2f-0d6a1c9f1a11"


def session_of(program: Program) -> SessionStore:
    (cookie,) = [morsel.value for name, morsel in program.client.cookies.items() if "session" in name]
    return SessionStore(cookie)


def changed(program: Program, **values: object) -> Program:
    session = session_of(program)
    session.update(values)
    session.save()
    return program


def test_a_session_with_both_factors_opens_the_door(teller: Program) -> None:
    assert teller.get("/cases").status == 200


def test_a_session_that_has_given_no_second_factor_opens_nothing(teller: Program) -> None:
    proofs = [{"method": "password", "at": timezone.now().timestamp()}]

    assert changed(teller, account_authentication_methods=proofs).get("/cases").status == 401


def test_a_session_ends_after_a_working_day_whatever_happens_in_it(teller: Program) -> None:
    began = (timezone.now() - POLICY.absolute_session - timedelta(seconds=1)).timestamp()

    assert changed(teller, began=began).get("/cases").status == 401


def test_a_session_nobody_uses_ends(teller: Program) -> None:
    StaffSession.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert teller.get("/cases").status == 401


def test_who_has_left_the_bank_is_out_with_the_next_request(teller: Program, cast: Cast) -> None:
    Staff.objects.filter(pk=cast.teller.pk).update(is_active=False)

    assert teller.get("/cases").status == 401


def test_a_changed_password_ends_every_session(teller: Program, cast: Cast) -> None:
    cast.teller.set_password("another one, quite long")
    cast.teller.save(update_fields=["password"])

    assert teller.get("/cases").status == 401


def test_a_changed_role_counts_with_the_next_request(supervisor: Program, cast: Cast) -> None:
    assert supervisor.get("/approvals").status == 200
    Staff.objects.filter(pk=cast.supervisor.pk).update(role=Role.TELLER)

    assert supervisor.get("/approvals").status == 403


def test_an_invented_cookie_opens_nothing(teller: Program) -> None:
    for name in list(teller.client.cookies):
        teller.client.cookies[name] = "x" * 32

    assert teller.get("/cases").status == 401


def test_no_answer_may_be_kept_by_a_cache(teller: Program) -> None:
    response = teller.client.get("/api/v1/cases")

    assert "no-store" in response.headers["Cache-Control"]


def test_in_the_demo_nobody_can_claim_another_address() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "10.0.0.1"}, REMOTE_ADDR="127.0.0.1")

    assert client_ip(request) == "127.0.0.1"


def test_behind_the_proxy_only_what_the_proxy_saw_counts(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]  # pytest-django's fixture
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.1"}, REMOTE_ADDR="127.0.0.1")

    assert client_ip(request) == "10.0.0.1"


def once_for(path: str, body: bytes) -> str:
    request = RequestFactory().post(path, body, "application/json", headers={"Idempotency-Key": KEY})
    once = once_of(request)
    assert once is not None
    return once.body


def test_a_key_is_bound_to_address_and_body() -> None:
    same = once_for("/a", b'{"code":"1"}')

    assert same == once_for("/a", b'{"code":"1"}')
    assert len({same, once_for("/b", b'{"code":"1"}'), once_for("/a", b'{"code":"2"}')}) == 3


def test_the_digest_of_a_body_cannot_be_computed_by_who_only_reads_the_table(settings: object) -> None:
    before = once_for("/a", b'{"code":"123456"}')

    settings.SECRET_KEY = "another secret key"  # type: ignore[attr-defined]  # pytest-django's fixture

    assert once_for("/a", b'{"code":"123456"}') != before


def test_a_form_carries_its_key_in_a_field_and_its_csrf_token_does_not_count() -> None:
    def posted(token: str) -> str:
        request = RequestFactory().post("/a", {"once": KEY, "serial": "1", "csrfmiddlewaretoken": token})
        once = once_of(request)
        assert once is not None
        return once.body

    assert posted("one") == posted("two")


def test_what_is_no_key_is_refused_and_no_key_is_none() -> None:
    assert once_of(RequestFactory().get("/a")) is None
    with pytest.raises(Invalid):
        once_of(RequestFactory().post("/a", {"once": "7"}))
