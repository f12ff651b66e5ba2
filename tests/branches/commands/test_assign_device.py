from datetime import timedelta

import pytest
from django.utils import timezone

from branches.commands.reissue import assign_device, assign_next_device
from branches.models import ReissueCase
from devices.models import Device, Move, Product, ProductKind
from devices.states import DeviceState, DeviceStep
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, customer, device, held_device, product, staff, voucher
from tests.factories.stock import same_serial_of_another_vendor


def assigned(cast: Cast, case: ReissueCase, serial: str) -> ReissueCase:
    return assign_device(by=cast.at_the_desk, case_ref=case.pk, serial=serial)


def state_of(thing: Device) -> str:
    return Device.objects.get(pk=thing.pk).state


def test_the_scanned_device_of_the_own_till_is_set_aside(cast: Cast) -> None:
    case = assigned(cast, cast.opened(), cast.new_device.serial)

    case.refresh_from_db()
    assert case.new_device == cast.new_device
    assert case.assigned_at is not None
    assert state_of(cast.new_device) == DeviceState.RESERVED
    assert ["Device", cast.new_device.ref] in AuditRow.objects.get(action="reissue.device_assigned").subjects


@pytest.mark.parametrize("spelling", ["{0[0]}{0[1]}-{1}", " {0}{1} ", "{0}-{1}\n"])
def test_a_serial_is_read_however_it_was_typed(cast: Cast, spelling: str) -> None:
    serial = cast.new_device.serial
    text = spelling.format(serial[:4], serial[4:]) if "[" not in spelling else f"{serial[:2]}-{serial[2:]}"

    assert assigned(cast, cast.opened(), text).new_device == cast.new_device


def test_another_choice_gives_the_first_device_back_unopened(cast: Cast) -> None:
    case, other = cast.opened(), device(at=cast.home, till=cast.teller)
    assigned(cast, case, cast.new_device.serial)

    assigned(cast, case, other.serial)

    assert (state_of(cast.new_device), state_of(other)) == (DeviceState.IN_STOCK, DeviceState.RESERVED)
    assert Device.objects.get(pk=cast.new_device.pk).till == cast.teller


@pytest.mark.parametrize("text", ["", "   ", "１２３４５６", "２６１１", "9" * 21, "---"])
def test_what_is_no_serial_is_refused(cast: Cast, text: str) -> None:
    case = cast.opened()

    with refused("device.unreadable"):
        assigned(cast, case, text)


def test_a_serial_nobody_knows_is_not_found(cast: Cast) -> None:
    case = cast.opened()

    with refused("device.unknown"):
        assigned(cast, case, "999999999999")


def test_a_device_of_another_branch_does_not_exist_here(cast: Cast) -> None:
    case, elsewhere = cast.opened(), device(at=branch("001299"))

    with refused("device.unknown"):
        assigned(cast, case, elsewhere.serial)


def test_a_device_of_another_kind_does_not_fit_the_case(cast: Cast) -> None:
    case = cast.opened()
    card = product(ProductKind.CARD)
    Device.objects.filter(pk=cast.new_device.pk).update(product=card)

    with refused("device.unknown"):
        assigned(cast, case, cast.new_device.serial)


def test_a_device_of_another_till_must_be_moved_first(cast: Cast) -> None:
    case, other = cast.opened(), device(at=cast.home, till=staff(Role.TELLER, at=cast.home))

    with refused("device.other_till"):
        assigned(cast, case, other.serial)


def test_a_device_in_the_vault_must_be_moved_first(cast: Cast) -> None:
    case, other = cast.opened(), device(at=cast.home, till=None)

    with refused("device.other_till"):
        assigned(cast, case, other.serial)


def test_a_device_set_aside_for_another_case_is_refused(cast: Cast) -> None:
    case = cast.opened()
    Device.objects.get(pk=cast.new_device.pk).take(DeviceStep.RESERVE)

    with refused("device.already_assigned"):
        assigned(cast, case, cast.new_device.serial)


@pytest.mark.parametrize("step", [DeviceStep.DISPATCH, DeviceStep.CONDEMN, DeviceStep.MISS])
def test_a_device_that_is_not_in_stock_is_refused(cast: Cast, step: DeviceStep) -> None:
    case = cast.opened()
    Device.objects.get(pk=cast.new_device.pk).move(step, voucher(), till=None)

    with refused("device.not_assignable"):
        assigned(cast, case, cast.new_device.serial)


def test_a_device_somebody_uses_is_refused(cast: Cast) -> None:
    case, used = cast.opened(), held_device(customer(at=cast.home, name="박지훈"))

    with refused("device.not_assignable"):
        assigned(cast, case, used.serial)


@pytest.mark.parametrize("days", [-1, 0, 179])
def test_a_device_with_too_little_validity_left_is_refused(cast: Cast, days: int) -> None:
    case = cast.opened()
    Device.objects.filter(pk=cast.new_device.pk).update(valid_until=timezone.localdate() + timedelta(days=days))

    with refused("device.too_old"):
        assigned(cast, case, cast.new_device.serial)


def test_the_product_says_how_much_validity_must_be_left(cast: Cast) -> None:
    case = cast.opened()
    Device.objects.filter(pk=cast.new_device.pk).update(valid_until=timezone.localdate() + timedelta(days=90))
    Product.objects.update(minimum_months_left=3)

    assert assigned(cast, case, cast.new_device.serial).new_device == cast.new_device


def test_after_the_request_no_device_is_exchanged(cast: Cast) -> None:
    case, other = cast.submitted(), device(at=cast.home, till=cast.teller)

    with refused("conflict"):
        assigned(cast, case, other.serial)


def test_a_colleague_must_take_the_case_over_first(cast: Cast) -> None:
    case = cast.opened()

    with refused("reissue.not_yours"):
        assign_device(by=acting(staff(Role.TELLER, at=cast.home)), case_ref=case.pk, serial=cast.new_device.serial)


def test_a_teller_of_another_branch_does_not_see_the_case(cast: Cast) -> None:
    case = cast.opened()

    with refused("not_found"):
        assign_device(
            by=acting(staff(Role.TELLER, at=branch("001299"))), case_ref=case.pk, serial=cast.new_device.serial
        )


def test_of_two_vendors_with_one_serial_the_one_in_the_own_till_is_meant(cast: Cast) -> None:
    twin = same_serial_of_another_vendor(cast.new_device)
    twin.hand(Move.HAND, voucher(), till=staff(Role.TELLER, at=cast.home))

    assert assigned(cast, cast.opened(), twin.serial).new_device == cast.new_device


def test_of_two_vendors_with_one_serial_in_one_till_the_teller_names_the_vendor(cast: Cast) -> None:
    case, twin = cast.opened(), same_serial_of_another_vendor(cast.new_device)

    with refused("device.ambiguous") as refusal:
        assigned(cast, case, twin.serial)
    assert "누리정보(204)" in refusal.value.message
    with refused("device.unknown"):
        assign_device(by=cast.at_the_desk, case_ref=case.pk, serial=twin.serial, vendor="999")

    chosen = assign_device(by=cast.at_the_desk, case_ref=case.pk, serial=twin.serial, vendor="204")
    assert chosen.new_device == twin


def test_the_next_device_is_the_one_of_the_own_till_that_ends_first(cast: Cast) -> None:
    device(at=cast.home, months=3, till=cast.teller)  # too short to hand out
    device(at=cast.home, months=12, till=staff(Role.TELLER, at=cast.home))
    device(at=cast.home, months=12)
    first = device(at=cast.home, months=24, till=cast.teller)

    case = assign_next_device(by=cast.at_the_desk, case_ref=cast.opened().pk)

    assert case.new_device == first
    assert (state_of(first), state_of(cast.new_device)) == (DeviceState.RESERVED, DeviceState.IN_STOCK)


def test_the_next_device_replaces_the_one_set_aside_before(cast: Cast) -> None:
    case, other = cast.prepared(), cast.another_device()

    assert assign_next_device(by=cast.at_the_desk, case_ref=case.pk).new_device == other
    assert state_of(cast.new_device) == DeviceState.IN_STOCK


def test_an_empty_till_has_no_next_device(cast: Cast) -> None:
    case = cast.opened()
    cast.new_device.hand(Move.HAND, voucher(), till=None)

    with refused("device.till_empty", action="reissue.device_assigned"):
        assign_next_device(by=cast.at_the_desk, case_ref=case.pk)
