from datetime import timedelta

import pytest
from django.utils import timezone

from branches.commands.first_code import register_case
from branches.models import Customer, FeeState, ReissueCase
from branches.states import CaseState
from devices.models import CheckOutcome, CodeCheck, Device, Holding
from devices.states import DeviceState, DeviceStep
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.outbox.models import OutboxMessage
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, staff, voucher


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    return cast.approved()


def registered(cast: Cast, case: ReissueCase) -> ReissueCase:
    return register_case(by=cast.at_the_desk, case_ref=case.pk)


def test_the_new_device_lives_and_the_old_one_is_retired_in_one_act(cast: Cast, case: ReissueCase) -> None:
    check = cast.verified(case)

    done = registered(cast, case)

    new, old = Device.objects.get(pk=cast.new_device.pk), Device.objects.get(pk=cast.old_device.pk)
    assert (done.state, done.verification) == (CaseState.REGISTERED, check)
    assert (new.state, new.till) == (DeviceState.IN_USE, None)
    assert old.state == DeviceState.RETIRED
    assert new.registered_at == old.retired_at == done.registered_at


def test_the_holding_passes_from_the_old_device_to_the_new_one(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)

    registered(cast, case)

    past = Holding.objects.get(device=cast.old_device)
    now = Holding.objects.get(ended_at=None)
    assert (past.successor, past.ended_at) == (cast.new_device, now.began_at)
    assert (now.device, now.customer) == (cast.new_device, cast.customer)


def test_the_centre_and_the_customer_are_told_and_no_one_else(cast: Cast, case: ReissueCase) -> None:
    OutboxMessage.objects.all().delete()
    cast.verified(case)

    registered(cast, case)

    told = {(m.task.rpartition(".")[2], m.content.get("verb", ""), m.lane) for m in OutboxMessage.objects.all()}
    assert told == {
        ("tell_centre", "REGISTER", cast.new_device.lane),
        ("tell_centre", "RETIRE", cast.old_device.lane),
        ("send_notice", "", ""),
    }


def test_one_entry_names_case_both_devices_and_the_verification(cast: Cast, case: ReissueCase) -> None:
    check = cast.verified(case)

    registered(cast, case)

    entry = AuditRow.objects.get(action="reissue.registered")
    assert entry.facts == {"verification": str(check.pk)}
    assert [kind for kind, _ in entry.subjects] == ["ReissueCase", "Device", "Device"]


def test_a_verification_is_used_up(cast: Cast, case: ReissueCase) -> None:
    check = cast.verified(case)

    registered(cast, case)

    check.refresh_from_db()
    assert check.consumed_at is not None


def test_registering_again_needs_no_second_code_and_changes_nothing(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    first = registered(cast, case)

    second = registered(cast, case)

    assert (second.state, second.registered_at) == (CaseState.REGISTERED, first.registered_at)
    assert AuditRow.objects.filter(action="reissue.registered").count() == 1
    assert OutboxMessage.objects.filter(content__verb="REGISTER").count() == 1


def test_without_a_verified_code_nothing_is_registered(cast: Cast, case: ReissueCase) -> None:
    with refused("first_code.not_verified"):
        registered(cast, case)


@pytest.mark.parametrize(
    "outcome", [CheckOutcome.WRONG, CheckOutcome.REUSED, CheckOutcome.DRIFTED, CheckOutcome.PENDING]
)
def test_an_answer_other_than_a_match_registers_nothing(cast: Cast, case: ReissueCase, outcome: CheckOutcome) -> None:
    cast.verified(case)
    CodeCheck.objects.update(outcome=outcome)

    with refused("first_code.not_verified"):
        registered(cast, case)


def test_a_used_verification_registers_nothing(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    CodeCheck.objects.update(consumed_at=timezone.now())

    with refused("first_code.not_verified"):
        registered(cast, case)


def test_a_verification_of_fifteen_minutes_ago_registers_nothing(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case, at=timezone.now() - POLICY.verification_valid_for)

    with refused("first_code.not_verified"):
        registered(cast, case)


def test_a_verification_almost_fifteen_minutes_old_still_counts(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case, at=timezone.now() - POLICY.verification_valid_for + timedelta(seconds=20))

    assert registered(cast, case).state == CaseState.REGISTERED


def test_a_verification_of_another_device_registers_nothing(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    CodeCheck.objects.update(device=cast.another_device())

    with refused("first_code.not_verified"):
        registered(cast, case)


def test_a_verification_for_another_case_registers_nothing(cast: Cast, case: ReissueCase) -> None:
    other = Cast()
    theirs = other.approved()
    cast.verified(case)
    CodeCheck.objects.update(case=theirs)

    with refused("first_code.not_verified"):
        registered(cast, case)


@pytest.mark.parametrize("change", [{"memo": "바꿈"}, {"documents": []}, {"fee_won": 0}, {"reason": "STOLEN"}])
def test_what_changed_since_the_approval_is_not_registered(
    cast: Cast, case: ReissueCase, change: dict[str, object]
) -> None:
    cast.verified(case)
    ReissueCase.objects.filter(pk=case.pk).update(**change)

    with refused("first_code.changed"):
        registered(cast, case)


def test_a_device_exchanged_behind_the_approval_is_not_registered(cast: Cast, case: ReissueCase) -> None:
    other = cast.another_device()
    ReissueCase.objects.filter(pk=case.pk).update(new_device=other)
    cast.verified(ReissueCase.objects.get(pk=case.pk))

    with refused("first_code.changed"):
        registered(cast, case)


def test_a_contact_changed_since_the_approval_stops_the_registration(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    Customer.objects.filter(pk=cast.customer.pk).update(contact_changed_on=timezone.localdate())

    with refused("first_code.changed"):
        registered(cast, case)


def test_an_unpaid_case_is_refused_by_the_database_itself(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    ReissueCase.objects.filter(pk=case.pk).update(fee_state=FeeState.AGREED)

    with refused("rule.reissue_registered_is_paid"):
        registered(cast, case)


@pytest.mark.parametrize("stage", ["prepared", "submitted"])
def test_a_case_nobody_approved_is_not_registered(cast: Cast, stage: str) -> None:
    case: ReissueCase = getattr(cast, stage)()
    cast.verified(case)

    with refused("first_code.not_approved"):
        registered(cast, case)


def test_a_colleague_does_not_register(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)

    with refused("reissue.not_yours"):
        register_case(by=acting(staff(Role.TELLER, at=cast.home)), case_ref=case.pk)


@pytest.mark.parametrize(("which", "step"), [("new_device", DeviceStep.CONDEMN), ("old_device", DeviceStep.RETIRE)])
def test_a_device_that_left_its_state_behind_the_case_is_not_registered(
    cast: Cast, case: ReissueCase, which: str, step: DeviceStep
) -> None:
    cast.verified(case)
    Device.objects.get(pk=getattr(cast, which).pk).move(step, voucher(), till=None)

    with refused("device.not_assignable"):
        registered(cast, case)


def test_a_device_in_use_elsewhere_is_refused_by_the_database_itself(cast: Cast, case: ReissueCase) -> None:
    cast.verified(case)
    Holding.objects.create(device=cast.new_device, customer=cast.customer, began_at=timezone.now())

    with refused("rule.holding_one_per_device"):
        registered(cast, case)
