import pytest

from branches.commands.reissue import open_case
from branches.models import Customer, Reason, ReissueCase, StaffCustomer
from branches.states import CaseState
from devices.models import Device
from devices.states import DeviceStep
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, customer, entity, held_device, staff


def opened(
    cast: Cast, *, by: Actor | None = None, reason: Reason = Reason.LOST, device: Device | None = None
) -> ReissueCase:
    return open_case(
        by=by or cast.at_the_desk,
        customer_ref=cast.customer.pk,
        reason=reason,
        old_device=(device or cast.old_device).pk,
    )


def test_a_teller_opens_a_case_for_a_device_reported_lost(cast: Cast) -> None:
    report = cast.reported()

    case = opened(cast)

    case.refresh_from_db()
    assert case.number.startswith("RI-")
    assert (case.state, case.kind, case.reason) == (CaseState.IN_PROGRESS, "TOKEN", Reason.LOST)
    assert (case.owner, case.branch, case.loss_report) == (cast.teller, cast.home, report)
    assert case.old_device == cast.old_device
    assert case.new_device is None


def test_the_entry_names_customer_case_and_device(cast: Cast) -> None:
    cast.reported()

    case = opened(cast)

    entry = AuditRow.objects.get(action="reissue.opened")
    assert entry.facts == {"number": case.number, "reason": "LOST"}
    assert {kind for kind, _ in entry.subjects} == {"Customer", "ReissueCase", "Device"}


def test_a_broken_device_needs_no_loss_report(cast: Cast) -> None:
    case = opened(cast, reason=Reason.DEFECT)

    assert case.loss_report is None


@pytest.mark.parametrize("reason", [Reason.LOST, Reason.STOLEN, Reason.LEAKED])
def test_a_lost_device_must_have_been_reported_first(cast: Cast, reason: Reason) -> None:
    with refused("reissue.report_first"):
        opened(cast, reason=reason)


def test_a_report_on_a_device_that_lives_again_does_not_count(cast: Cast) -> None:
    cast.reported()
    Device.objects.get(pk=cast.old_device.pk).take(DeviceStep.LIFT)

    with refused("reissue.report_first"):
        opened(cast)


def test_a_device_of_somebody_else_opens_no_case(cast: Cast) -> None:
    other = held_device(customer(at=cast.home, name="박지훈"))

    with refused("device.not_held"):
        opened(cast, reason=Reason.DEFECT, device=other)


@pytest.mark.parametrize("stop", ["deceased", "payment_suspended", "e_banking_restricted"])
def test_nothing_is_reissued_to_a_customer_with_a_hard_stop(cast: Cast, stop: str) -> None:
    Customer.objects.filter(pk=cast.customer.pk).update(**{stop: True})

    with refused("reissue.hard_stop"):
        opened(cast, reason=Reason.DEFECT)


def test_nobody_runs_their_own_case(cast: Cast) -> None:
    StaffCustomer.objects.create(customer=cast.customer, person_no=cast.teller.person_no)

    with refused("reissue.own_case"):
        opened(cast, reason=Reason.DEFECT)


def test_a_colleague_may_run_the_case_of_a_member_of_staff(cast: Cast) -> None:
    StaffCustomer.objects.create(customer=cast.customer, person_no="P-SOMEBODY")

    assert opened(cast, reason=Reason.DEFECT).state == CaseState.IN_PROGRESS


def test_a_customer_has_one_open_case_at_a_time(cast: Cast) -> None:
    cast.opened()

    with refused("rule.reissue_one_open_per_customer"):
        opened(cast)


def test_a_teller_of_another_branch_finds_the_case_taken_too(cast: Cast) -> None:
    cast.opened()
    elsewhere = staff(Role.TELLER, at=branch("001299"))

    with refused("rule.reissue_one_open_per_customer"):
        opened(cast, by=acting(elsewhere))


def test_another_entity_does_not_know_the_customer(cast: Cast) -> None:
    elsewhere = staff(Role.TELLER, at=branch("900001", of=entity("900")))

    with refused("not_found"):
        opened(cast, by=acting(elsewhere), reason=Reason.DEFECT)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CALL_AGENT, Role.AUDITOR, Role.CUSTODIAN, Role.ADMINISTRATOR])
def test_only_a_teller_opens_a_case(cast: Cast, role: Role) -> None:
    with refused("not_allowed"):
        opened(cast, by=acting(staff(role, at=cast.home)), reason=Reason.DEFECT)
