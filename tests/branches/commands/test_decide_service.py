"""A second person decides about a device service, the verifier acts on it, and the device is in order again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from branches import tasks
from branches.commands.loss import report_loss
from branches.commands.service import cancel_service, expire_service
from branches.commands.service_decision import (
    approve_service,
    finish_service,
    lapse_service,
    refuse_service,
    return_service,
    submit_service,
)
from branches.errands import service as errands
from branches.models import Approval, Customer, IdentityCheck, LossKind, ReturnReason
from branches.queries.evidence import Flag
from branches.queries.service_evidence import content
from branches.states import ApprovalState
from devices.models import CodeCheck, Counter, Device, DeviceService, DeviceState, ServiceKind, ServiceState
from nh_otp import gateways
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from nh_otp.errors import Unavailable
from nh_otp.machine import WrongState
from nh_otp.outbox.models import OutboxMessage
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff
from tests.factories.served import Served, ServingVerifier

CLOCK = Actor.system("clock")


@pytest.fixture
def served(cast: Cast) -> Served:
    return Served(cast)


@pytest.fixture(autouse=True)
def verifier(settings: Settings) -> Iterator[ServingVerifier]:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": "tests.factories.served.ServingVerifier"}
    gateways.adapter.cache_clear()
    found = gateways.adapter("tests.factories.served.ServingVerifier")
    assert isinstance(found, ServingVerifier)
    yield found
    gateways.adapter.cache_clear()


def now(service: DeviceService) -> DeviceService:
    return DeviceService.objects.select_related("device").get(pk=service.pk)


def request_of(service: DeviceService) -> Approval:
    return Approval.objects.get(subject=service.pk)


def approved(served: Served, service: DeviceService, *, by: Actor | None = None, seen: str = "") -> DeviceService:
    return errands.approve(
        by=by or served.cast.in_charge, service_ref=service.pk, seen=seen or served.seen(service), flags=()
    )


def told(served: Served) -> list[tuple[str, str]]:
    """What is about to leave the house about it, lane and content."""
    messages = OutboxMessage.objects.all()
    return sorted((row.lane, row.content.get("verb") or row.content["template"]) for row in messages)


def test_an_approved_device_is_in_use_again_and_everybody_is_told(served: Served, verifier: ServingVerifier) -> None:
    service = served.submitted()

    done = approved(served, service)

    assert (done.state, now(service).device.state) == (ServiceState.DONE, DeviceState.IN_USE)
    assert verifier.settled == [service.pk]
    request = request_of(service)
    assert (request.state, request.decider) == (ApprovalState.APPROVED, served.cast.supervisor)
    assert told(served) == [("", "UNLOCKED"), (served.cast.old_device.lane, "RESET_ERRORS")]
    assert [row.action for row in AuditRow.about("DeviceService", service.ref).order_by("at")][-3:] == [
        "service.submitted",
        "service.approved",
        "service.finished",
    ]


def test_the_entry_says_on_which_content_was_decided(served: Served) -> None:
    service = served.submitted()
    approved(served, service)

    entry = AuditRow.objects.get(action="service.approved")
    assert entry.facts == {"digest": request_of(service).digest, "flags": []}
    assert entry.staff_no == served.cast.supervisor.staff_no


def test_a_wide_time_correction_moves_no_device_and_tells_no_centre(served: Served, verifier: ServingVerifier) -> None:
    service = served.submitted(ServiceKind.RESYNC)

    assert approved(served, service).state == ServiceState.DONE

    assert (now(service).device.state, told(served)) == (DeviceState.IN_USE, [])
    assert verifier.settled == [service.pk]


def test_a_silent_verifier_changes_nothing_about_the_decision(served: Served, verifier: ServingVerifier) -> None:
    service, verifier.silent = served.submitted(), True

    assert approved(served, service).state == ServiceState.APPROVED
    assert (now(service).device.state, told(served)) == (DeviceState.LOCKED, [])

    verifier.silent = False
    assert errands.finish(by=served.cast.at_the_desk, service_ref=service.pk).state == ServiceState.DONE
    assert now(service).device.state == DeviceState.IN_USE


def test_the_clock_finishes_what_got_stuck(served: Served, verifier: ServingVerifier) -> None:
    service = served.approved()

    tasks.finish_services()
    tasks.finish_services()

    assert (now(service).state, now(service).device.state) == (ServiceState.DONE, DeviceState.IN_USE)
    assert len(told(served)) == 2
    entry = AuditRow.objects.get(action="service.finished")
    assert entry.staff_no == "system:clock"


def test_the_clock_waits_for_a_silent_verifier_and_fills_no_records(served: Served, verifier: ServingVerifier) -> None:
    service, verifier.silent = served.approved(), True
    entries = AuditRow.objects.count()

    for _ in range(3):
        tasks.finish_services()

    assert (now(service).state, AuditRow.objects.count()) == (ServiceState.APPROVED, entries)


def test_finishing_twice_tells_everybody_once(served: Served) -> None:
    service = served.approved()

    for _ in range(2):
        errands.finish(by=served.cast.at_the_desk, service_ref=service.pk)

    assert len(told(served)) == 2
    assert AuditRow.objects.filter(action="service.finished").count() == 1


def test_nothing_is_finished_before_the_verifier_forgot_the_wrong_codes(served: Served) -> None:
    service = served.approved()

    with refused("device.not_reset", action="service.finished"):
        finish_service(by=served.cast.at_the_desk, service_ref=service.pk)


def test_nothing_is_finished_before_it_was_decided(served: Served, verifier: ServingVerifier) -> None:
    service = served.submitted()

    with refused("state.wrong", action="service.finishing"):
        errands.finish(by=served.cast.at_the_desk, service_ref=service.pk)
    Counter.objects.filter(device=service.device_id).update(failures=0)
    with refused("state.wrong", action="service.finished"):
        finish_service(by=served.cast.at_the_desk, service_ref=service.pk)
    assert verifier.settled == []


def test_a_device_reported_lost_meanwhile_stays_stopped(served: Served, verifier: ServingVerifier) -> None:
    service, verifier.silent = served.approved(), True
    cast = served.cast
    report_loss(by=cast.at_the_desk, customer_ref=cast.customer.pk, devices=[cast.old_device.pk], kind=LossKind.LOST)
    verifier.silent = False

    with pytest.raises(WrongState):
        errands.finish(by=cast.at_the_desk, service_ref=service.pk)
    assert cancel_service(by=cast.at_the_desk, service_ref=service.pk, reason="CUSTOMER").state == "CANCELLED"
    assert now(service).device.state == DeviceState.SUSPENDED


def test_a_second_account_of_the_same_person_does_not_approve(served: Served) -> None:
    service = served.submitted()
    other = staff(Role.SUPERVISOR, at=served.cast.home, person_no=served.cast.teller.person_no)

    with refused("approval.self", action="service.approved"):
        approved(served, service, by=acting(other))


def test_who_runs_the_service_does_not_approve_it_after_a_promotion(served: Served) -> None:
    service = served.submitted()
    promoted = replace(served.cast.at_the_desk, role=Role.SUPERVISOR, person_no="P-NEW")

    with refused("approval.self", action="service.approved"):
        approved(served, service, by=promoted)


def test_a_teller_does_not_approve(served: Served) -> None:
    service = served.submitted()

    with refused("not_allowed", action="service.approved"):
        approved(served, service, by=acting(staff(Role.TELLER, at=served.cast.home)))


def test_a_supervisor_of_another_branch_does_not_see_the_request(served: Served) -> None:
    service = served.submitted()

    with refused("not_found", action="service.approved"):
        approved(served, service, by=acting(staff(Role.SUPERVISOR, at=branch("001299"))))


@pytest.mark.parametrize("age", [None, POLICY.step_up_fresh_for + timedelta(seconds=1)])
def test_a_stale_second_factor_must_be_given_again(served: Served, age: timedelta | None) -> None:
    service, given_at = served.submitted(), timezone.now() - age if age else None

    with refused("session.step_up", action="service.approved"):
        approved(served, service, by=replace(served.cast.in_charge, stepped_up_at=given_at))


CHANGES: dict[str, Callable[[DeviceService], object]] = {
    "service": lambda service: _set(service, number="S-261123-999999"),
    "kind": lambda service: _set(service, kind="RESYNC"),
    "customer": lambda service: Customer.objects.filter(pk=service.customer_id).update(number="K999999"),
    "customer_contact_changed_on": lambda service: Customer.objects.filter(pk=service.customer_id).update(
        contact_changed_on=timezone.localdate() - timedelta(days=200)
    ),
    "device": lambda service: _set(service, device=_another_device()),
    "device_state": lambda service: Device.objects.filter(pk=service.device_id).update(state="SUSPENDED"),
    "identity": lambda service: IdentityCheck.objects.update(transaction_id="T-2"),
    "verification": lambda service: _set(service, verification=_another_check(service)),
    "shift_seconds": lambda service: _set(service, shift_seconds=60),
}


def _set(service: DeviceService, **changes: object) -> int:
    return DeviceService.objects.filter(pk=service.pk).update(**changes)


def _another_device() -> Device:
    return Cast().old_device


def _another_check(service: DeviceService) -> CodeCheck:
    row = CodeCheck.objects.get()
    row.pk, row.once, row.step = IdentityCheck().pk, IdentityCheck().pk, 99
    row.save(force_insert=True)
    return row


@pytest.mark.parametrize("fresh", [False, True], ids=["seen before", "seen after"])
@pytest.mark.parametrize("field", CHANGES)
def test_what_changed_since_it_was_requested_is_not_approved(served: Served, field: str, fresh: bool) -> None:
    service = served.submitted()
    seen = served.seen(service)
    CHANGES[field](service)

    with refused("approval.changed", action="service.approved"):
        approved(served, service, seen=served.seen(service) if fresh else seen)


def test_every_part_of_the_content_has_been_tried(served: Served) -> None:
    assert set(CHANGES) == set(content(served.submitted()))


@pytest.mark.parametrize("seen", ["", "0" * 64, "x"])
def test_a_decision_on_nothing_shown_is_refused(served: Served, seen: str) -> None:
    service = served.submitted()

    with refused("approval.changed", action="service.approved"):
        approve_service(by=served.cast.in_charge, service_ref=service.pk, seen=seen)


def test_all_that_is_flagged_must_be_ticked(served: Served) -> None:
    Customer.objects.filter(pk=served.cast.customer.pk).update(contact_changed_on=timezone.localdate())
    service = served.submitted()

    with refused("approval.flags_open", action="service.approved"):
        approved(served, service)
    ticked = (Flag.CONTACT_CHANGED,)
    errands.approve(by=served.cast.in_charge, service_ref=service.pk, seen=served.seen(service), flags=ticked)
    assert request_of(service).flags == ["CONTACT_CHANGED"]


def test_a_returned_service_may_be_asked_for_again_with_the_same_proofs(served: Served) -> None:
    service = served.submitted()

    reason = ReturnReason.CONTACT_UNCONFIRMED
    returned = return_service(by=served.cast.in_charge, service_ref=service.pk, reason=reason)
    assert (returned.state, request_of(service).reason) == (ServiceState.OPEN, reason)
    submit_service(by=served.cast.at_the_desk, service_ref=service.pk)

    assert sorted(Approval.objects.values_list("state", flat=True)) == ["PENDING", "RETURNED"]


def test_a_refused_service_is_over_and_the_device_stays_locked(served: Served) -> None:
    service = served.submitted()

    refuse_service(by=served.cast.in_charge, service_ref=service.pk, reason=ReturnReason.PHISHING_SUSPECTED)

    assert (now(service).state, now(service).device.state) == (ServiceState.REFUSED, DeviceState.LOCKED)
    assert now(service).end_reason == "PHISHING_SUSPECTED"


def test_a_request_is_decided_once(served: Served) -> None:
    service = served.submitted()
    seen = served.seen(service)
    approved(served, service)

    colleague = acting(staff(Role.SUPERVISOR, at=served.cast.home))
    with refused("approval.already_decided", action="service.returned"):
        return_service(by=colleague, service_ref=service.pk, reason=ReturnReason.ID_MISMATCH)
    with refused("approval.already_decided", action="service.approved"):
        approved(served, service, by=colleague, seen=seen)


def test_a_request_nobody_decided_goes_back_when_its_time_is_over(served: Served) -> None:
    service = served.submitted()
    lapse_service(by=CLOCK, approval=request_of(service).pk, at=timezone.now())
    assert now(service).state == ServiceState.AWAITING_DECISION

    Approval.objects.update(lapses_at=timezone.now())
    tasks.lapse_requests()

    assert (now(service).state, request_of(service).state) == (ServiceState.OPEN, ApprovalState.LAPSED)
    assert AuditRow.objects.filter(action="service.lapsed").count() == 1


def test_cancelling_takes_the_request_along(served: Served) -> None:
    service = served.submitted()

    cancel_service(by=served.cast.at_the_desk, service_ref=service.pk, reason="CUSTOMER")

    assert (now(service).state, request_of(service).state) == (ServiceState.CANCELLED, ApprovalState.WITHDRAWN)
    assert (now(service).device.state, now(service).end_reason) == (DeviceState.LOCKED, "CUSTOMER")


def test_what_was_decided_is_finished_and_not_cancelled(served: Served) -> None:
    service = served.approved()

    with refused("service.decided", action="service.cancelled"):
        cancel_service(by=served.cast.at_the_desk, service_ref=service.pk, reason="CUSTOMER")


def test_what_an_earlier_day_left_open_ends_with_the_clock(served: Served) -> None:
    service = served.proven()
    expire_service(by=CLOCK, service_ref=service.pk)
    assert now(service).state == ServiceState.OPEN

    DeviceService.objects.update(opened_at=timezone.now() - timedelta(days=1))
    tasks.finish_services()

    assert (now(service).state, now(service).end_reason) == (ServiceState.CANCELLED, "EXPIRED")
    assert AuditRow.objects.filter(action="service.expired").count() == 1


UNDECIDED = {
    "an unlock without a service": "UPDATE device SET state = 'IN_USE' WHERE state = 'LOCKED'",
    "an approval without a decision": "UPDATE device_service SET state = 'APPROVED'",
}


@pytest.mark.parametrize("what", UNDECIDED)
def test_the_database_itself_refuses(served: Served, what: str) -> None:
    served.submitted()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UNDECIDED[what])

    assert isinstance(refusal.value.__cause__, psycopg.Error)
    assert str(refusal.value.__cause__.diag.constraint_name).endswith("_decided_state_guard")


def test_an_unlock_does_not_skip_its_decision(served: Served) -> None:
    served.proven()

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE device_service SET state = 'DONE'")


def test_a_verifier_that_is_away_is_said_to_who_finishes(served: Served, verifier: ServingVerifier) -> None:
    service, verifier.silent = served.approved(), True

    with pytest.raises(Unavailable):
        errands.finish(by=served.cast.at_the_desk, service_ref=service.pk)
    assert now(service).state == ServiceState.APPROVED
