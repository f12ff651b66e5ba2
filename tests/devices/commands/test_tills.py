"""Devices handed between the safe and the tills of one branch."""

from __future__ import annotations

import pytest

from devices.commands.tills import hand_to_till, return_to_safe
from devices.models import Device, Move, StockMovement
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, branch, device, staff
from tests.factories.stock import faulty, imbalance, same_serial_of_another_vendor


@pytest.fixture
def box(cast: Cast) -> list[Device]:
    return [device(at=cast.home) for _ in range(3)]


def tills(devices: list[Device]) -> set[int | None]:
    return set(Device.objects.filter(pk__in=[each.pk for each in devices]).values_list("till_id", flat=True))


def test_a_supervisor_hands_a_box_to_a_teller_under_one_voucher(cast: Cast, box: list[Device]) -> None:
    hand_to_till(by=cast.in_charge, serials=[each.serial for each in box], staff_no=cast.teller.staff_no)

    lines = StockMovement.objects.filter(device__in=box, how=Move.HAND)
    assert tills(box) == {cast.teller.pk}
    assert len({line.ref for line in lines}) == 1
    assert {(line.from_till_id, line.to_till_id, line.by) for line in lines} == {
        (None, cast.teller.pk, cast.supervisor.staff_no)
    }
    facts = AuditRow.objects.get(action="stock.handed").facts
    assert facts == {"number": lines[0].ref, "pieces": 3, "to": cast.teller.staff_no}
    assert imbalance() == []


def test_what_a_teller_has_goes_back_to_the_safe(cast: Cast) -> None:
    return_to_safe(by=cast.in_charge, serials=[cast.new_device.serial])

    assert tills([cast.new_device]) == {None}
    assert imbalance() == []


def test_a_serial_scanned_twice_is_one_device(cast: Cast, box: list[Device]) -> None:
    first = box[0].serial

    handed = hand_to_till(
        by=cast.in_charge, serials=[first, f" {first[:4]}-{first[4:]}"], staff_no=cast.teller.staff_no
    )

    assert [each.pk for each in handed] == [box[0].pk]


@pytest.mark.parametrize("odd", ["faulty", "held", "already there"])
def test_one_device_that_cannot_move_keeps_all_of_them_where_they_are(cast: Cast, box: list[Device], odd: str) -> None:
    wrong = {"faulty": faulty(at=cast.home), "held": cast.old_device, "already there": cast.new_device}[odd]
    serials = [each.serial for each in (*box, wrong)]

    with refused("stock.not_movable"):
        hand_to_till(by=cast.in_charge, serials=serials, staff_no=cast.teller.staff_no)


def test_a_serial_nobody_knows_is_named(cast: Cast, box: list[Device]) -> None:
    with refused("device.unknown") as refusal:
        return_to_safe(by=cast.in_charge, serials=[box[0].serial, "404040404040"])
    assert "404040404040" in refusal.value.message


def test_a_device_of_another_branch_does_not_exist(cast: Cast) -> None:
    elsewhere = device(at=branch("001299"))

    with refused("device.unknown"):
        hand_to_till(by=cast.in_charge, serials=[elsewhere.serial], staff_no=cast.teller.staff_no)


@pytest.mark.parametrize("count", [0, 201])
def test_a_voucher_has_between_one_and_two_hundred_devices(cast: Cast, count: int) -> None:
    with refused("stock.nothing_listed"):
        return_to_safe(by=cast.in_charge, serials=[str(100_000_000 + n) for n in range(count)])


@pytest.mark.parametrize("who", ["nobody", "of another branch", "who left", "who keeps no till"])
def test_only_who_keeps_a_till_in_the_branch_is_handed_devices(cast: Cast, box: list[Device], who: str) -> None:
    left = staff(Role.TELLER, at=cast.home)
    type(left).objects.filter(pk=left.pk).update(is_active=False)
    numbers = {
        "nobody": "E99999",
        "of another branch": staff(Role.TELLER, at=branch("001299")).staff_no,
        "who left": left.staff_no,
        "who keeps no till": staff(Role.AUDITOR, at=cast.home).staff_no,
    }

    with refused("stock.no_such_keeper"):
        hand_to_till(by=cast.in_charge, serials=[box[0].serial], staff_no=numbers[who])


def test_a_teller_helps_himself_to_nothing(cast: Cast, box: list[Device]) -> None:
    with refused("not_allowed"):
        hand_to_till(by=cast.at_the_desk, serials=[box[0].serial], staff_no=cast.teller.staff_no)


def test_of_two_vendors_with_one_serial_the_vendor_is_named(cast: Cast) -> None:
    twin = same_serial_of_another_vendor(cast.new_device)

    with refused("device.ambiguous"):
        return_to_safe(by=cast.in_charge, serials=[twin.serial])
    return_to_safe(by=cast.in_charge, serials=[f"204:{twin.serial}"])

    assert (tills([twin]), tills([cast.new_device])) == ({None}, {cast.teller.pk})
