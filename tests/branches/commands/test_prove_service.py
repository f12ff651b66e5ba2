"""Who brought the device, and is it the device: the two proofs of a device service."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from branches.commands.service import record_service_code
from branches.commands.service_decision import submit_service
from branches.errands.identity import check_identity
from branches.errands.service import check_codes
from branches.models import Approval, CheckResult, DocumentKind, IdentityCheck
from devices.models import CodeCheck, DeviceService, ServiceKind, ServiceState
from nh_otp import gateways
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.four_eyes.states import ApprovalKind
from nh_otp.gateways.otp_verifier import Outcome, Verdict
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff
from tests.factories.served import FAR_OFF, LARGE, NEXT, RIGHT, SMALL, USED, Served


@pytest.fixture
def served(cast: Cast) -> Served:
    return Served(cast)


@pytest.fixture(autouse=True)
def verifier(settings: Settings) -> Iterator[None]:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": "tests.factories.served.ServingVerifier"}
    gateways.adapter.cache_clear()
    yield
    gateways.adapter.cache_clear()


def checked(served: Served, service: DeviceService, **changed: object) -> IdentityCheck:
    given: dict[str, object] = {
        "by": served.cast.at_the_desk,
        "document": DocumentKind.RESIDENT_CARD,
        "name": "김서연",
        "birth_on": date(1984, 3, 12),
        "photo_matched": True,
        "issued_on": date(2021, 5, 20),
    }
    return check_identity(service_ref=service.pk, **given | changed)  # type: ignore[arg-type]  # a test's choice


def now(service: DeviceService) -> DeviceService:
    return DeviceService.objects.get(pk=service.pk)


def test_a_genuine_document_proves_the_customer_for_this_service(served: Served) -> None:
    service = served.opened()

    check = checked(served, service)

    assert (check.result, check.service, check.case) == (CheckResult.GENUINE, service, None)
    assert now(service).identity == check
    assert ["DeviceService", service.ref] in AuditRow.objects.get(action="identity.answered").subjects


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({"name": "김서현"}, CheckResult.NOT_MATCHED),
        ({"issued_on": date(2021, 1, 13)}, CheckResult.MISMATCH),
        ({"issued_on": date(2021, 1, 14)}, CheckResult.REPORTED_LOST),
        ({"issued_on": date(2021, 1, 15)}, CheckResult.UNAVAILABLE),
    ],
)
def test_any_other_answer_proves_nothing_and_no_code_is_asked(
    served: Served, changed: dict[str, object], result: CheckResult
) -> None:
    service = served.opened()

    assert checked(served, service, **changed).result == result
    with refused("service.identity_first", action="service.code_asked"):
        check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT)


def test_a_supervisor_at_the_counter_checks_identity_for_a_service_but_for_no_case(served: Served) -> None:
    service = served.opened()
    DeviceService.objects.filter(pk=service.pk).update(owner=served.cast.supervisor)

    assert checked(served, service, by=served.cast.in_charge).passed


def test_an_identity_check_of_yesterday_counts_for_nothing(served: Served) -> None:
    service = served.identified()
    IdentityCheck.objects.update(checked_at=timezone.now() - timedelta(days=1))

    with refused("identity.not_of_today", action="service.code_asked"):
        check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT)


def test_a_code_proves_a_locked_device_and_unlocks_nothing_yet(served: Served) -> None:
    service = served.identified()

    proof = check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT)

    assert proof.verdict.outcome is Outcome.MATCH
    assert (now(service).state, now(service).verification) == (ServiceState.OPEN, CodeCheck.objects.get())
    served.cast.old_device.refresh_from_db()
    assert served.cast.old_device.state == "LOCKED"


@pytest.mark.parametrize(("code", "outcome"), [("000000", Outcome.WRONG), (USED, Outcome.REUSED)])
def test_a_code_that_does_not_match_is_an_answer_and_proves_nothing(
    served: Served, code: str, outcome: Outcome
) -> None:
    service = served.identified()

    assert check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=code).verdict.outcome is outcome

    assert now(service).verification is None
    assert AuditRow.objects.get(action="service.code_answered").facts["answer"] == outcome.value


def test_a_small_shift_is_corrected_at_once_without_a_decision(served: Served) -> None:
    service = served.identified(ServiceKind.RESYNC)

    done = check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT, second=NEXT)

    assert (done.service.state, done.service.shift_seconds) == (ServiceState.DONE, SMALL)
    assert now(service).ended_at is not None
    assert Approval.objects.count() == 0
    assert AuditRow.objects.get(action="service.code_answered").facts["shift_seconds"] == SMALL


def test_a_large_shift_waits_for_a_decision(served: Served) -> None:
    service = served.identified(ServiceKind.RESYNC)

    found = check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT, second=FAR_OFF)
    assert (found.service.state, found.service.shift_seconds) == (ServiceState.OPEN, LARGE)
    submit_service(by=served.cast.at_the_desk, service_ref=service.pk)

    assert now(service).state == ServiceState.AWAITING_DECISION
    assert Approval.objects.get(subject=service.pk).kind == ApprovalKind.WIDE_RESYNC


def test_a_clock_is_not_corrected_by_one_code(served: Served) -> None:
    service = served.identified(ServiceKind.RESYNC)

    with refused("service.second_missing"):
        check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT)


@pytest.mark.parametrize(("first", "second"), [("12345", ""), ("abcdef", ""), (RIGHT, "12 456"), ("１１１１１１", "")])
def test_what_no_device_shows_is_not_asked(served: Served, first: str, second: str) -> None:
    service, entries = served.identified(), AuditRow.objects.count()

    with pytest.raises(Exception, match="숫자를 그대로"):
        check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=first, second=second)
    assert AuditRow.objects.count() == entries


def test_only_who_runs_the_service_asks_for_codes(served: Served) -> None:
    service = served.identified()

    colleague = acting(staff(Role.TELLER, at=served.cast.home))
    elsewhere = acting(staff(Role.TELLER, at=branch("001299")))

    with refused("service.not_yours", action="service.code_asked"):
        check_codes(by=colleague, service_ref=service.pk, first=RIGHT)
    with refused("not_found", action="service.code_asked"):
        check_codes(by=elsewhere, service_ref=service.pk, first=RIGHT)


def test_a_proof_of_another_service_is_not_taken(served: Served) -> None:
    service = served.identified()
    CodeCheck.objects.all().delete()
    stranger = Served(Cast()).proven()

    verdict = Verdict(Outcome.MATCH, stranger.verification_id, 5, 0)
    with refused("not_found", action="service.code_answered"):
        record_service_code(by=served.cast.at_the_desk, service_ref=service.pk, verdict=verdict)


def test_a_proof_is_submitted_within_its_fifteen_minutes(served: Served) -> None:
    service = served.proven()
    CodeCheck.objects.update(claimed_at=timezone.now() - timedelta(minutes=15))

    with refused("service.code_first", action="service.submitted"):
        submit_service(by=served.cast.at_the_desk, service_ref=service.pk)


def test_nothing_is_submitted_before_both_proofs(served: Served) -> None:
    service = served.identified()

    with refused("service.code_first", action="service.submitted"):
        submit_service(by=served.cast.at_the_desk, service_ref=service.pk)


def test_a_submitted_service_asks_no_more(served: Served) -> None:
    service = served.submitted()

    with refused("conflict", action="service.submitted"):
        submit_service(by=served.cast.at_the_desk, service_ref=service.pk)
    with refused("conflict", action="service.code_asked"):
        check_codes(by=served.cast.at_the_desk, service_ref=service.pk, first=RIGHT)
