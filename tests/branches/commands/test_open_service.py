import pytest

from branches.commands.reissue import cancel_case, open_case
from branches.commands.service import open_service
from branches.models import Customer, Reason, StaffCustomer
from devices.models import Device, DeviceService, DeviceState, ServiceKind, ServiceState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, customer, entity, held_device, staff
from tests.factories.served import Served


@pytest.fixture
def served(cast: Cast) -> Served:
    return Served(cast)


def opened(cast: Cast, kind: ServiceKind, **changed: object) -> DeviceService:
    given: dict[str, object] = {
        "by": cast.at_the_desk,
        "customer_ref": cast.customer.pk,
        "device": cast.old_device.pk,
        "kind": kind,
    }
    return open_service(**given | changed)  # type: ignore[arg-type]  # a test's choice


def test_an_unlock_begins_for_a_locked_device(served: Served) -> None:
    cast = served.locked().cast

    service = opened(cast, ServiceKind.UNLOCK)

    assert service.number.startswith("S-")
    assert (service.state, service.owner, service.branch) == (ServiceState.OPEN, cast.teller, cast.home)
    assert (service.customer, service.device) == (cast.customer, cast.old_device)
    entry = AuditRow.objects.get(action="service.opened")
    assert entry.facts == {"kind": "UNLOCK", "number": service.number}
    assert {kind for kind, _ in entry.subjects} == {"Customer", "Device", "DeviceService"}


def test_a_time_correction_begins_for_a_device_in_use(cast: Cast) -> None:
    assert opened(cast, ServiceKind.RESYNC).state == ServiceState.OPEN


def test_a_supervisor_at_the_counter_may_begin_one_as_well(cast: Cast) -> None:
    assert opened(cast, ServiceKind.RESYNC, by=cast.in_charge).owner == cast.supervisor


def test_a_device_that_is_not_locked_is_not_unlocked(cast: Cast) -> None:
    with refused("service.not_locked", action="service.opened"):
        opened(cast, ServiceKind.UNLOCK)


def test_a_locked_device_is_unlocked_before_its_clock_is_corrected(served: Served) -> None:
    served.locked()

    with refused("service.not_in_use", action="service.opened"):
        opened(served.cast, ServiceKind.RESYNC)


@pytest.mark.parametrize("kind", ServiceKind)
def test_a_device_reported_lost_is_replaced_and_not_served(cast: Cast, kind: ServiceKind) -> None:
    cast.reported()

    with refused("service.stopped", action="service.opened"):
        opened(cast, kind)


def test_a_device_is_served_once_at_a_time(served: Served) -> None:
    served.opened()

    with refused("rule.device_service_one_open", action="service.opened"):
        opened(served.cast, ServiceKind.UNLOCK)


def test_a_device_that_is_being_replaced_is_not_served(cast: Cast) -> None:
    case = open_case(
        by=cast.at_the_desk, customer_ref=cast.customer.pk, reason=Reason.BATTERY, old_device=cast.old_device.pk
    )

    with refused("service.reissue_open", action="service.opened"):
        opened(cast, ServiceKind.RESYNC)
    cancel_case(by=cast.at_the_desk, case_ref=case.pk, reason="MISTAKE")
    assert opened(cast, ServiceKind.RESYNC).state == ServiceState.OPEN


def test_a_device_that_is_being_served_is_not_replaced(served: Served) -> None:
    served.opened()

    with refused("reissue.service_open", action="reissue.opened"):
        open_case(
            by=served.cast.at_the_desk,
            customer_ref=served.cast.customer.pk,
            reason=Reason.BATTERY,
            old_device=served.cast.old_device.pk,
        )


def test_a_device_past_its_validity_is_replaced(cast: Cast) -> None:
    Device.objects.filter(pk=cast.old_device.pk).update(valid_from="2020-01-01", valid_until="2021-01-01")

    with refused("service.out_of_date", action="service.opened"):
        opened(cast, ServiceKind.RESYNC)


def test_somebody_elses_device_is_not_served(cast: Cast) -> None:
    other = held_device(customer(at=cast.home))

    with refused("device.not_held", action="service.opened"):
        opened(cast, ServiceKind.RESYNC, device=other.pk)


def test_nobody_serves_their_own_device(cast: Cast) -> None:
    StaffCustomer.objects.create(customer=cast.customer, person_no=cast.teller.person_no)

    with refused("service.own_device", action="service.opened"):
        opened(cast, ServiceKind.RESYNC)


@pytest.mark.parametrize("stop", ["deceased", "payment_suspended", "e_banking_restricted"])
def test_a_customer_under_a_hard_stop_is_not_served(cast: Cast, stop: str) -> None:
    Customer.objects.filter(pk=cast.customer.pk).update(**{stop: True})

    with refused("service.hard_stop", action="service.opened"):
        opened(cast, ServiceKind.RESYNC)


@pytest.mark.parametrize("role", [Role.CALL_AGENT, Role.CUSTODIAN, Role.AUDITOR, Role.ADMINISTRATOR, Role.REVIEWER])
def test_only_the_counter_serves_devices(cast: Cast, role: Role) -> None:
    with refused("not_allowed", action="service.opened"):
        opened(cast, ServiceKind.RESYNC, by=acting(staff(role, at=cast.home)))


def test_a_customer_of_another_entity_does_not_exist(cast: Cast) -> None:
    stranger = staff(Role.TELLER, at=branch("009999", of=entity("900")))

    with refused("not_found", action="service.opened"):
        opened(cast, ServiceKind.RESYNC, by=acting(stranger))


def test_opening_changes_nothing_about_the_device(served: Served) -> None:
    served.opened()

    served.cast.old_device.refresh_from_db()
    assert served.cast.old_device.state == DeviceState.LOCKED
