"""What keepers say of single devices: missing, found, no good, checked, taken back."""

from __future__ import annotations

import uuid

import pytest

from devices.commands.stock import condemn_device, find_device, release_device, report_missing, take_back
from devices.models import Device, Move, StockMovement
from devices.states import DeviceState, Disappearance, Fault
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.devices.test_ledger import refused_by
from tests.factories.cast import Cast, acting, branch, customer, device, entity, staff, voucher
from tests.factories.stock import imbalance, missing, quarantined, retired, returned, same_serial_of_another_vendor


def last_line(of: Device) -> StockMovement:
    return StockMovement.objects.filter(device=of).latest("pk")


def now(thing: Device) -> Device:
    return Device.objects.get(pk=thing.pk)


def test_a_teller_misses_a_device_of_the_own_till_and_nobody_can_hand_it_out(cast: Cast) -> None:
    gone = report_missing(by=cast.at_the_desk, device_ref=cast.new_device.pk, reason=Disappearance.NOT_FOUND)

    line, entry = last_line(gone), AuditRow.objects.get(action="stock.missing")
    assert (now(gone).state, now(gone).till_id) == (DeviceState.MISSING, None)
    assert (line.how, line.by, line.from_till_id, line.to_till_id) == (
        Move.MISS,
        cast.teller.staff_no,
        cast.teller.pk,
        None,
    )
    assert entry.facts == {"number": line.ref, "reason": "NOT_FOUND"}
    assert line.ref.startswith("V-")
    assert imbalance() == []


def test_a_supervisor_misses_a_device_of_any_till_of_the_branch(cast: Cast) -> None:
    report_missing(by=cast.in_charge, device_ref=cast.new_device.pk, reason=Disappearance.THEFT)

    assert now(cast.new_device).state == DeviceState.MISSING


def test_a_teller_says_nothing_of_a_colleagues_till_or_of_the_safe(cast: Cast) -> None:
    colleague, in_the_safe = acting(staff(Role.TELLER, at=cast.home)), device(at=cast.home)

    with refused("stock.other_keeper", action="stock.missing"):
        report_missing(by=colleague, device_ref=cast.new_device.pk, reason=Disappearance.NOT_FOUND)
    with refused("stock.other_keeper", action="stock.condemned"):
        condemn_device(by=colleague, device_ref=in_the_safe.pk, reason=Fault.BROKEN)


def test_a_device_of_another_branch_does_not_exist_for_its_keepers(cast: Cast) -> None:
    elsewhere = device(at=branch("001299"))

    with refused("not_found"):
        report_missing(by=cast.in_charge, device_ref=elsewhere.pk, reason=Disappearance.NOT_FOUND)
    with refused("not_found"):
        release_device(by=cast.in_charge, device_ref=uuid.uuid4(), inspected=True)


def test_a_device_in_a_case_leaves_the_till_by_its_case_only(cast: Cast) -> None:
    cast.prepared()

    with refused("stock.set_aside"):
        report_missing(by=cast.at_the_desk, device_ref=cast.new_device.pk, reason=Disappearance.NOT_FOUND)


def test_a_device_in_a_customers_hand_is_not_missing_from_stock(cast: Cast) -> None:
    with refused("state.wrong"):
        report_missing(by=cast.in_charge, device_ref=cast.old_device.pk, reason=Disappearance.NOT_FOUND)


def test_an_auditor_reports_nothing(cast: Cast) -> None:
    with refused("not_allowed"):
        report_missing(
            by=acting(staff(Role.AUDITOR, at=cast.home)),
            device_ref=cast.new_device.pk,
            reason=Disappearance.NOT_FOUND,
        )


def test_a_missing_device_that_turns_up_elsewhere_is_checked_where_it_turned_up(cast: Cast) -> None:
    lost = missing(at=branch("001299"))

    find_device(by=cast.at_the_desk, device_ref=lost.pk)

    assert (now(lost).state, now(lost).branch) == (DeviceState.QUARANTINED, cast.home)
    assert (last_line(lost).from_branch_id, last_line(lost).to_branch_id) == (lost.branch_id, cast.home.pk)
    assert imbalance() == []


def test_another_banks_missing_device_is_not_found_here(cast: Cast) -> None:
    theirs = missing(at=branch("009001", of=entity("900")))

    with refused("not_found"):
        find_device(by=cast.at_the_desk, device_ref=theirs.pk)


def test_a_device_in_stock_cannot_turn_up(cast: Cast) -> None:
    with refused("state.wrong"):
        find_device(by=cast.at_the_desk, device_ref=cast.new_device.pk)


def test_a_broken_device_leaves_the_till_with_the_reason_on_record(cast: Cast) -> None:
    condemn_device(by=cast.at_the_desk, device_ref=cast.new_device.pk, reason=Fault.DISPLAY)

    assert (now(cast.new_device).state, now(cast.new_device).till_id) == (DeviceState.FAULTY, None)
    assert AuditRow.objects.get(action="stock.condemned").facts["reason"] == "DISPLAY"
    assert imbalance() == []


def test_a_checked_device_goes_to_the_safe_of_the_branch(cast: Cast) -> None:
    opened = quarantined(at=cast.home)

    release_device(by=cast.in_charge, device_ref=opened.pk, inspected=True)

    assert (now(opened).state, now(opened).till_id) == (DeviceState.IN_STOCK, None)
    assert last_line(opened).how == Move.RELEASE


def test_a_device_nobody_looked_at_is_not_released(cast: Cast) -> None:
    opened = quarantined(at=cast.home)

    with refused("stock.not_inspected"):
        release_device(by=cast.in_charge, device_ref=opened.pk, inspected=False)


def test_one_device_of_a_lot_still_to_be_checked_is_not_released_alone(cast: Cast) -> None:
    new = device(at=cast.home)
    fresh = Device(**{f.attname: getattr(new, f.attname) for f in Device._meta.concrete_fields if f.name != "place"})
    fresh.pk, fresh.serial = uuid.uuid4(), "990011223344"
    fresh.state = DeviceState.QUARANTINED
    fresh.save(force_insert=True)

    with refused("stock.lot_not_released"):
        release_device(by=cast.in_charge, device_ref=fresh.pk, inspected=True)


def test_a_teller_releases_nothing(cast: Cast) -> None:
    opened = quarantined(at=cast.home)

    with refused("not_allowed"):
        release_device(by=cast.at_the_desk, device_ref=opened.pk, inspected=True)


def test_an_ended_device_handed_in_at_another_branch_is_kept_there(cast: Cast) -> None:
    ended = retired(by=customer(at=branch("001299")))

    take_back(by=cast.at_the_desk, serial=ended.serial.lower())

    line = last_line(ended)
    assert now(ended).returned_at is not None
    assert (line.how, line.from_place, line.to_place) == (Move.TAKE_BACK, "GONE", "RETURNED")
    assert (line.to_branch_id, now(ended).branch_id) == (cast.home.pk, cast.home.pk)
    assert imbalance() == []


def test_a_device_still_in_use_is_not_taken_back(cast: Cast) -> None:
    with refused("stock.not_ended"):
        take_back(by=cast.at_the_desk, serial=cast.old_device.serial)


def test_a_device_is_taken_back_once(cast: Cast) -> None:
    ended = returned(by=cast.customer)

    with refused("stock.already_taken_back"):
        take_back(by=cast.at_the_desk, serial=ended.serial)


@pytest.mark.parametrize(
    ("scanned", "code"),
    [("", "device.unreadable"), ("*", "device.unreadable"), ("%", "device.unreadable"), ("0000000", "device.unknown")],
)
def test_what_is_no_serial_of_ours_takes_nothing_back(cast: Cast, scanned: str, code: str) -> None:
    retired(by=cast.customer)

    with refused(code):
        take_back(by=cast.at_the_desk, serial=scanned)


def test_a_serial_of_two_vendors_asks_which_one(cast: Cast) -> None:
    twin = same_serial_of_another_vendor(cast.new_device)

    with refused("device.ambiguous") as refusal:
        take_back(by=cast.at_the_desk, serial=twin.serial)
    assert "누리정보(204) · 한빛보안(101)" in refusal.value.message
    with refused("stock.not_ended"):
        take_back(by=cast.at_the_desk, serial=twin.serial, vendor="204")


def test_by_sql_no_device_in_use_is_marked_as_returned(cast: Cast) -> None:
    with refused_by("device_returned_after_its_end"):
        cast.old_device.hand(Move.TAKE_BACK, voucher(), returned_at=voucher().at)
