"""Device services through the API alone, as a front end of the bank's own would do it."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from devices.models import Device, DeviceService, DeviceState, ServiceState
from nh_otp import gateways
from tests.branches.api.program import Program
from tests.branches.api.test_journey import IDENTITY, good
from tests.factories.cast import Cast
from tests.factories.served import NEXT, RIGHT, SMALL, Served, ServingVerifier

VERIFIER = "tests.factories.served.ServingVerifier"


@pytest.fixture(autouse=True)
def verifier(settings: Settings) -> Iterator[ServingVerifier]:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": VERIFIER}
    gateways.adapter.cache_clear()
    found = gateways.adapter(VERIFIER)
    assert isinstance(found, ServingVerifier)
    yield found
    gateways.adapter.cache_clear()


def opened(teller: Program, cast: Cast, kind: str) -> str:
    body = {"customer_ref": cast.customer.pk, "device": cast.old_device.pk, "kind": kind}
    service = good(teller.post("/services", body), 201)
    at = f"/services/{service['ref']}"
    assert good(teller.post(f"{at}/identity-check", IDENTITY))["result"] == "GENUINE"
    return at


def test_a_locked_device_is_unlocked_by_two_people(teller: Program, supervisor: Program, cast: Cast) -> None:
    Served(cast).locked()
    at = opened(teller, cast, "UNLOCK")

    proof = good(teller.post(f"{at}/codes", {"first": RIGHT}))
    assert (proof["outcome"], proof["message"], proof["service"]["state"]) == ("MATCH", "", "OPEN")
    asked = good(teller.post(f"{at}/submission", {}))
    assert (asked["state"], asked["request"]["state"]) == ("AWAITING_DECISION", "PENDING")

    (waiting,) = good(supervisor.get("/approvals"))["approvals"]
    assert (waiting["asks"], waiting["case"], waiting["service"]) == ("UNLOCK", None, at.rpartition("/")[2])
    shown = good(supervisor.get(f"/approvals/{waiting['service']}"))
    done = good(supervisor.post(f"{at}/approval", {"seen": shown["seen"], "flags": shown["flags"]}))

    assert (done["state"], done["device"]["state"]) == ("DONE", "IN_USE")
    assert good(teller.get(at)) == done
    assert Device.objects.get(pk=cast.old_device.pk).state == DeviceState.IN_USE


def test_a_clock_is_corrected_with_two_codes(teller: Program, cast: Cast) -> None:
    at = opened(teller, cast, "RESYNC")

    wrong = good(teller.post(f"{at}/codes", {"first": RIGHT, "second": "999999"}))
    assert (wrong["outcome"], wrong["service"]["proven"]) == ("WRONG", False)
    assert wrong["message"].startswith("두 번호가 이어지지 않거나")
    done = good(teller.post(f"{at}/codes", {"first": RIGHT, "second": NEXT}))

    assert (done["outcome"], done["service"]["state"], done["service"]["shift_seconds"]) == ("MATCH", "DONE", SMALL)


def test_a_decision_may_be_finished_later_and_again(
    teller: Program, supervisor: Program, cast: Cast, verifier: ServingVerifier
) -> None:
    service, verifier.silent = Served(cast).submitted(), True
    at, shown = f"/services/{service.pk}", good(supervisor.get(f"/approvals/{service.pk}"))
    waits = good(supervisor.post(f"{at}/approval", {"seen": shown["seen"], "flags": []}))
    assert (waits["state"], teller.post(f"{at}/completion", {}).status) == ("APPROVED", 503)

    verifier.silent = False
    for _ in range(2):
        assert good(teller.post(f"{at}/completion", {}))["state"] == "DONE"


def test_the_same_key_opens_one_service(teller: Program, cast: Cast) -> None:
    body = {"customer_ref": cast.customer.pk, "device": cast.old_device.pk, "kind": "RESYNC"}
    key = "5f0c8a3e-9f0e-4a53-8d80-4c3d2b1a0f9e"

    answers = [good(teller.post("/services", body, key=key), 201) for _ in range(2)]

    assert answers[0] == answers[1]
    assert DeviceService.objects.count() == 1


def test_a_service_is_sent_back_refused_and_cancelled(teller: Program, supervisor: Program, cast: Cast) -> None:
    at = f"/services/{Served(cast).submitted().pk}"

    back = good(supervisor.post(f"{at}/return", {"reason": "ID_MISMATCH"}))
    assert (back["state"], back["request"]["reason"]) == ("OPEN", "ID_MISMATCH")
    good(teller.post(f"{at}/submission", {}))
    assert good(supervisor.post(f"{at}/refusal", {"reason": "PHISHING_SUSPECTED"}))["state"] == "REFUSED"

    late = teller.post(f"{at}/cancellation", {"reason": "CUSTOMER"})
    assert (late.status, late.code) == (409, "state.wrong")
    assert DeviceService.objects.get().state == ServiceState.REFUSED


@pytest.mark.parametrize("reason", ["FOUND", "", 7])
def test_a_service_is_cancelled_for_a_reason_of_the_list(teller: Program, cast: Cast, reason: object) -> None:
    at = f"/services/{Served(cast).opened().pk}"

    assert teller.post(f"{at}/cancellation", {"reason": reason}).status == 400
