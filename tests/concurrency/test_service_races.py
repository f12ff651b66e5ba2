"""Two people and the clock at one device at one moment: one outcome, told to the outside once. Real commits."""

from collections.abc import Iterator
from functools import partial

import pytest
from pytest_django import Settings

from branches.commands.reissue import open_case
from branches.commands.service import cancel_service, open_service
from branches.commands.service_decision import lapse_service, return_service
from branches.errands import service as errands
from branches.models import Approval, Reason, ReissueCase, ReturnReason
from branches.states import ApprovalState
from devices.models import Device, DeviceService, DeviceState, ServiceKind, ServiceState
from nh_otp import gateways
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from nh_otp.outbox.models import OutboxMessage
from tests.concurrency.test_races import codes, fresh
from tests.databases import Clone, race
from tests.factories.cast import Cast, acting, staff
from tests.factories.served import Served

ROUNDS = 6


@pytest.fixture(autouse=True)
def verifier(settings: Settings) -> Iterator[None]:
    settings.GATEWAYS = settings.GATEWAYS | {"otp_verifier": "tests.factories.served.ServingVerifier"}
    gateways.adapter.cache_clear()
    yield
    gateways.adapter.cache_clear()


def resets(device: Device) -> int:
    return OutboxMessage.objects.filter(content__verb="RESET_ERRORS", content__device=str(device.pk)).count()


def test_an_unlock_decided_twice_settles_once(clone: Clone) -> None:
    cast = Cast()
    colleague = acting(staff(Role.SUPERVISOR, at=cast.home))

    for _ in range(ROUNDS):
        served = Served(fresh(cast))
        service = served.submitted()
        decide = partial(errands.approve, service_ref=service.pk, seen=served.seen(service))

        answers = race(partial(decide, by=cast.in_charge), partial(decide, by=colleague))

        assert codes(answers) == {"done": 1, "approval.already_decided": 1}
        service.refresh_from_db()
        assert (service.state, resets(cast.old_device)) == (ServiceState.DONE, 1)


def test_two_who_finish_at_once_finish_once(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        service = Served(fresh(cast)).approved()
        finish = partial(errands.finish, service_ref=service.pk)

        answers = race(
            partial(finish, by=cast.at_the_desk),
            partial(finish, by=cast.in_charge),
            partial(finish, by=Actor.system("clock")),
        )

        assert codes(answers) == {"done": 3}
        assert resets(cast.old_device) == 1
        about = AuditRow.about("DeviceService", service.ref)
        assert about.filter(action="service.finished").count() == 1


def test_a_teller_cancels_while_a_supervisor_approves(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        served = Served(fresh(cast))
        service = served.submitted()
        teller, boss, seen = cast.at_the_desk, cast.in_charge, served.seen(service)

        answers = race(
            partial(cancel_service, by=teller, service_ref=service.pk, reason="CUSTOMER"),
            partial(errands.approve, by=boss, service_ref=service.pk, seen=seen),
        )

        assert codes(answers)["done"] == 1
        service.refresh_from_db()
        cast.old_device.refresh_from_db()
        cancelled = (ServiceState.CANCELLED, DeviceState.LOCKED, 0)
        done = (ServiceState.DONE, DeviceState.IN_USE, 1)
        assert (service.state, cast.old_device.state, resets(cast.old_device)) in (cancelled, done)


def test_a_supervisor_and_the_clock_end_one_request_once(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        service = Served(fresh(cast)).submitted()
        request, boss = Approval.objects.get(subject=service.pk), cast.in_charge

        race(
            partial(return_service, by=boss, service_ref=service.pk, reason=ReturnReason.ID_MISMATCH),
            partial(lapse_service, by=Actor.system("clock"), approval=request.pk, at=request.lapses_at),
        )

        request.refresh_from_db()
        service.refresh_from_db()
        assert request.state in (ApprovalState.RETURNED, ApprovalState.LAPSED)
        assert service.state == ServiceState.OPEN


def test_a_device_is_served_or_replaced_but_not_both(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        fresh(cast)
        by, who, device = cast.at_the_desk, cast.customer.pk, cast.old_device.pk

        answers = race(
            partial(open_service, by=by, customer_ref=who, device=device, kind=ServiceKind.RESYNC),
            partial(open_case, by=by, customer_ref=who, reason=Reason.BATTERY, old_device=device),
        )

        assert codes(answers)["done"] == 1
        services = DeviceService.objects.filter(device=device).count()
        assert services + ReissueCase.objects.filter(old_device=device).count() == 1
