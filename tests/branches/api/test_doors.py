"""What every address of the API has in common: closed until opened, strict about shape, one key per act."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from branches.api.urls import urlpatterns
from branches.models import LossReport, ReissueCase
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.doors.api import OneOf, YesNo
from nh_otp.policy import POLICY
from tests.branches.api.program import V1, Program, told
from tests.branches.commands.refusal import everything
from tests.factories.cast import Cast, branch, entity, staff

PROBLEM = "application/problem+json"
VALID: dict[str, dict[str, object]] = {
    "customers/search": {"text": "김서연 840312"},
    "loss-reports": {"customer_ref": uuid4(), "devices": [uuid4()], "kind": "LOST"},
    "cases": {"customer_ref": uuid4(), "reason": "DEFECT", "old_device": uuid4()},
    "identity-check": {"document": "PASSPORT", "name": "김서연", "birth_on": "1984-03-12", "photo_matched": True},
    "paperwork": {"documents": [], "phishing_answers": [], "consent": True, "fee_method": "CASH"},
    "device": {"serial": "261100480001"},
    "next-device": {},
    "submission": {"memo": ""},
    "withdrawal": {},
    "approval": {"seen": "0" * 64, "flags": []},
    "return": {"reason": "SIGNATURE_MISSING"},
    "refusal": {"reason": "SIGNATURE_MISSING"},
    "fee": {"fee_method": "CASH", "transaction_no": "T-1"},
    "first-code": {"code": "123456"},
    "two-codes": {"first": "123456", "second": "234567"},
    "tries": {},
    "registration": {},
    "hand-over": {"signed": True},
    "cancellation": {"reason": "CUSTOMER"},
    "services": {"customer_ref": uuid4(), "device": uuid4(), "kind": "UNLOCK"},
    "services/submission": {},
    "codes": {"first": "123456"},
    "completion": {},
}


def routes(method: str) -> list[str]:
    """Every address that answers a method, with `{ref}` where a reference belongs."""
    return sorted(_routes(method, urlpatterns))


def _routes(method: str, patterns: list[URLPattern]) -> Iterator[str]:
    for pattern in patterns:
        if hasattr(vars(pattern.callback)["view_class"], method):
            yield "/" + str(pattern.pattern).replace("<uuid:ref>", "{ref}")


def body_for(route: str) -> dict[str, object]:
    short = route.strip("/").replace("{ref}/", "")
    return VALID[short] if short in VALID else VALID[route.rpartition("/")[2]]


POSTS, GETS = routes("post"), routes("get")
OF_A_THING = [route for route in POSTS if "{ref}" in route]


def test_every_address_has_been_thought_of() -> None:
    assert len(POSTS) == 28
    assert len(GETS) == 7
    assert {body_for(route) is not None for route in POSTS} == {True}


@pytest.mark.parametrize("route", POSTS)
def test_a_post_without_a_key_is_refused(teller: Program, route: str) -> None:
    before = everything()

    answer = teller.post(route.format(ref=uuid4()), body_for(route), key="")

    assert (answer.status, answer.code, answer.kind) == (422, "once.missing", PROBLEM)
    assert everything() == before


@pytest.mark.parametrize("route", POSTS)
def test_a_key_must_be_a_uuid(teller: Program, route: str) -> None:
    answer = teller.post(route.format(ref=uuid4()), body_for(route), key="eins")

    assert (answer.status, answer.code) == (422, "once.malformed")


@pytest.mark.parametrize("route", POSTS)
def test_somebody_who_has_not_signed_in_is_told_so(cast: Cast, route: str) -> None:
    answer = Program(Client()).post(route.format(ref=uuid4()), body_for(route))

    assert (answer.status, answer.code, answer.kind) == (401, "session.none", PROBLEM)


@pytest.mark.parametrize("route", [*GETS, "/", "/nothing"])
def test_somebody_who_has_not_signed_in_sees_nothing(cast: Cast, route: str) -> None:
    assert Program(Client()).get(route.format(ref=uuid4())).status == 401


@pytest.mark.parametrize("route", POSTS)
def test_a_page_of_another_site_cannot_make_a_browser_post(cast: Cast, route: str) -> None:
    before = everything()

    answer = Program.of(cast.teller, enforce_csrf=True).post(route.format(ref=uuid4()), body_for(route))

    assert (answer.status, answer.code, answer.kind) == (403, "request.csrf", PROBLEM)
    assert everything() == before


@pytest.mark.parametrize("route", POSTS)
def test_an_unknown_field_is_an_error(teller: Program, route: str) -> None:
    before = everything()

    answer = teller.post(route.format(ref=uuid4()), {**body_for(route), "surprise": 1})

    assert (answer.status, answer.code) == (400, "request.malformed")
    assert list(answer.body["errors"]) == ["surprise"]
    assert everything() == before


WRONG: tuple[Any, ...] = (None, 7, "text", [], {"a": {}}, [[]], True, 1.5, "x" * 500, "\x00", "\ud800")


@pytest.mark.parametrize("route", [route for route in POSTS if body_for(route)])
def test_a_value_of_the_wrong_shape_is_an_error_and_never_a_fault(teller: Program, route: str) -> None:
    before, good = everything(), body_for(route)

    for name in good:
        for value in WRONG:
            answer = teller.post(route.format(ref=uuid4()), {**good, name: value})
            assert answer.status in (400, 404, 409, 422, 403), (name, value, answer)

    assert everything() == before


@pytest.mark.parametrize("route", [route for route in POSTS if body_for(route)])
def test_a_missing_field_is_an_error_unless_it_may_be_left_out(teller: Program, route: str) -> None:
    answer = teller.post(route.format(ref=uuid4()), {})

    assert answer.status == (404 if route.endswith("submission") else 400)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"x"', "[" * 5000, '{"a":' * 5000, "NaN", "1" * 5000, "\xff"]
)
@pytest.mark.parametrize("route", ["/loss-reports", "/cases/{ref}/withdrawal"])
def test_what_is_no_json_object_is_an_error(teller: Program, route: str, text: str) -> None:
    answer = teller.post(route.format(ref=uuid4()), text)

    expected = 404 if route.endswith("withdrawal") and text == "" else 400
    assert (answer.status, answer.kind) == (expected, PROBLEM)


def test_another_media_type_is_refused(teller: Program) -> None:
    answer = teller.post("/loss-reports", "a=b", content_type="application/x-www-form-urlencoded")

    assert (answer.status, answer.code) == (415, "request.media_type")


def test_a_body_that_is_too_large_is_refused(teller: Program) -> None:
    answer = teller.post("/loss-reports", json.dumps({"place": "x" * 300_000}))

    assert (answer.status, answer.code, answer.kind) == (413, "request.too_large", PROBLEM)


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_another_method_is_refused(teller: Program, method: str) -> None:
    answer = told(getattr(teller.client, method)(f"{V1}/cases", headers={"Idempotency-Key": str(uuid4())}))

    assert (answer.status, answer.code) == (405, "request.method")


@pytest.mark.parametrize("ref", ["", "1", "not-a-uuid", "../cases"])
def test_what_is_no_reference_is_not_found(teller: Program, ref: str) -> None:
    answer = teller.get(f"/customers/{ref}")

    assert (answer.status, answer.code, answer.kind) == (404, "not_found", PROBLEM)


@pytest.mark.parametrize("role", [Role.TELLER, Role.SUPERVISOR])
def test_a_reference_nobody_gave_or_of_another_house_is_not_found_and_changes_nothing(cast: Cast, role: Role) -> None:
    """A crawler of another entity tries every address with references that exist here and with such that do not."""
    case = cast.submitted()
    report = LossReport.objects.get()
    stranger = Program.of(staff(role, at=branch("900001", of=entity("900"))))
    before = everything()

    for ref in (case.pk, cast.customer.pk, report.pk, cast.new_device.pk, uuid4()):
        for route in GETS:
            answer = stranger.get(route.format(ref=ref))
            assert answer.status in ((404, 403) if "{ref}" in route else (200, 403)), (route, answer)
            assert "{ref}" in route or answer.status == 403 or next(iter(answer.body.values())) == []
        for route in OF_A_THING:
            answer = stranger.post(route.format(ref=ref), body_for(route))
            assert answer.status in (404, 403), (route, answer)
            assert answer.status == 404 or answer.code == "not_allowed"

    assert everything() == before


@pytest.mark.parametrize("route", OF_A_THING)
def test_a_case_of_another_branch_does_not_exist_for_those_who_could_act_on_their_own(cast: Cast, route: str) -> None:
    case = cast.submitted()
    before, entries = everything(), AuditRow.objects.filter(outcome="REFUSED").count()
    decides = route.endswith(("approval", "return", "refusal", "tries"))
    stranger = Program.of(staff(Role.SUPERVISOR if decides else Role.TELLER, at=branch("001299")))

    answer = stranger.post(route.format(ref=case.pk), body_for(route))

    assert (answer.status, answer.code) == (404, "not_found")
    assert everything() == before
    assert AuditRow.objects.filter(outcome="REFUSED").count() == entries + 1


def test_references_to_foreign_things_in_a_body_are_not_found(cast: Cast) -> None:
    stranger = Program.of(staff(Role.TELLER, at=branch("900001", of=entity("900"))))
    lost = {"customer_ref": cast.customer.pk, "devices": [cast.old_device.pk], "kind": "LOST"}
    opening = {"customer_ref": cast.customer.pk, "reason": "DEFECT", "old_device": cast.old_device.pk}
    before = everything()

    assert stranger.post("/loss-reports", lost).code == "not_found"
    assert stranger.post("/cases", opening).code == "not_found"
    assert stranger.post("/customers/search", {"text": "김서연 840312"}).body == {"customers": []}
    assert everything() == before


def test_a_stale_second_factor_is_told_by_its_code(cast: Cast) -> None:
    case = cast.submitted()
    long_ago = (timezone.now() - POLICY.step_up_fresh_for).timestamp() - 1

    answer = Program.of(cast.supervisor, stepped_up=long_ago).post(
        f"/cases/{case.pk}/approval", {"seen": cast.seen(case), "flags": []}
    )

    assert (answer.status, answer.code) == (403, "session.step_up")


def test_the_same_request_gets_the_same_answer_and_another_body_is_refused(teller: Program, cast: Cast) -> None:
    cast.reported()
    key = uuid4()
    opening = {"customer_ref": cast.customer.pk, "reason": "LOST", "old_device": cast.old_device.pk}

    first, second = (teller.post("/cases", opening, key=key) for _ in range(2))
    other = teller.post("/cases", {**opening, "reason": "STOLEN"}, key=key)

    assert first == second
    assert (first.status, other.status, other.code) == (201, 422, "once.other_body")
    assert ReissueCase.objects.count() == 1


def test_one_key_at_two_addresses_is_refused(teller: Program, cast: Cast) -> None:
    case, key = cast.submitted(), uuid4()

    teller.post(f"/cases/{case.pk}/withdrawal", key=key)
    answer = teller.post(f"/cases/{case.pk}/registration", key=key)

    assert (answer.status, answer.code) == (422, "once.other_body")


def test_a_refusal_tells_its_code_and_a_polite_sentence(teller: Program, cast: Cast) -> None:
    case = cast.opened()

    answer = teller.post(f"/cases/{case.pk}/submission")

    assert answer.body == {
        "type": "about:blank",
        "title": "reissue.incomplete",
        "status": 409,
        "code": "reissue.incomplete",
        "message": "1단계에서 4단계까지 마친 뒤 승인을 요청해 주십시오.",
    }


@pytest.mark.parametrize("field", [OneOf(Role), YesNo()])
def test_a_strict_field_takes_nothing_that_merely_reads_like_it(field: OneOf | YesNo) -> None:
    values: tuple[Any, ...] = ("true", 1, 0, [], {}, None, "teller", 1.0)

    for value in values:
        with pytest.raises(ValidationError):
            field.run_validation(value)


@pytest.mark.parametrize("address", ["/api/schema/"])
def test_the_schema_is_there_for_those_who_are_signed_in(teller: Program, address: str) -> None:
    response = teller.client.get(address)

    assert response.status_code == 200
    assert b"/api/v1/cases/{ref}/first-code" in response.content
    assert Client().get(address).status_code == 401
