"""Destruction: one person lists, another confirms, and no other way leads there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from devices.commands.write_off import (
    ask_write_off,
    destroy_devices,
    lapse_write_off,
    refuse_write_off,
    withdraw_write_off,
)
from devices.models import Device, StockMovement, WriteOff
from devices.queries.write_off import digest_of
from devices.states import DeviceState, DeviceStep, WriteOffMethod, WriteOffRefusal
from devices.tasks import lapse_write_offs
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from nh_otp.four_eyes.models import Approval
from nh_otp.four_eyes.states import ApprovalState
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import refused
from tests.devices.test_ledger import refused_by
from tests.factories.cast import Cast, acting, branch, staff, voucher
from tests.factories.stock import faulty, imbalance, retired, returned

SHREDDED = WriteOffMethod.SHREDDED


@pytest.fixture
def scrap(cast: Cast) -> list[Device]:
    return [faulty(at=cast.home), returned(by=cast.customer)]


def asked(cast: Cast, scrap: list[Device], *, by: Actor | None = None) -> WriteOff:
    return ask_write_off(by=by or cast.at_the_desk, serials=[each.serial for each in scrap], method=SHREDDED)


def seen(write_off: WriteOff) -> str:
    """What a second witness is shown at this moment."""
    devices = Device.objects.filter(write_off_lines__write_off=write_off).select_related("vendor")
    return digest_of(write_off, list(devices))


def states(devices: list[Device]) -> set[str]:
    return set(Device.objects.filter(pk__in=[each.pk for each in devices]).values_list("state", flat=True))


def test_two_witnesses_destroy_what_is_listed(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)

    destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen=seen(write_off))

    lines = StockMovement.objects.filter(device__in=scrap, how="DESTROY")
    assert states(scrap) == {DeviceState.DESTROYED}
    assert {(line.ref, line.by, line.to_place) for line in lines} == {
        (write_off.number, cast.supervisor.staff_no, "GONE")
    }
    request = Approval.objects.get(subject=write_off.pk)
    assert (request.maker, request.decider, request.state) == (cast.teller, cast.supervisor, ApprovalState.APPROVED)
    facts = AuditRow.objects.get(action="stock.destroyed").facts
    assert facts == {"number": write_off.number, "pieces": 2, "digest": request.digest}
    assert imbalance() == []


def test_asking_destroys_nothing(cast: Cast, scrap: list[Device]) -> None:
    asked(cast, scrap)

    assert states(scrap) == {DeviceState.FAULTY, DeviceState.RETIRED}


@pytest.mark.parametrize("person", ["himself", "his second account"])
def test_one_person_is_not_two_witnesses(cast: Cast, scrap: list[Device], person: str) -> None:
    write_off = asked(cast, scrap, by=cast.in_charge)
    second = staff(Role.SUPERVISOR, at=cast.home, person_no=cast.supervisor.person_no)

    with refused("approval.self", action="stock.destroyed"):
        destroy_devices(
            by=cast.in_charge if person == "himself" else acting(second),
            write_off_ref=write_off.pk,
            seen=seen(write_off),
        )


def test_a_second_witness_confirms_only_what_was_shown(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)

    with refused("approval.changed"):
        destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen="0" * 64)


def test_a_list_that_grew_is_not_confirmed(cast: Cast, scrap: list[Device]) -> None:
    write_off, more = asked(cast, scrap), faulty(at=cast.home)
    write_off.lines.create(device=more)

    with refused("approval.changed"):
        destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen=seen(write_off))


def test_a_stale_second_factor_confirms_nothing(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)

    with refused("session.step_up"):
        destroy_devices(
            by=replace(cast.in_charge, stepped_up_at=None), write_off_ref=write_off.pk, seen=seen(write_off)
        )


def test_a_teller_and_another_branch_confirm_nothing(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)
    stranger, colleague = (
        acting(staff(Role.SUPERVISOR, at=branch("001299"))),
        acting(staff(Role.TELLER, at=cast.home)),
    )

    with refused("not_found"):
        destroy_devices(by=stranger, write_off_ref=write_off.pk, seen=seen(write_off))
    with refused("not_allowed"):
        destroy_devices(by=colleague, write_off_ref=write_off.pk, seen=seen(write_off))


def test_a_destruction_is_confirmed_once(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)
    destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen=seen(write_off))

    with refused("approval.already_decided"):
        destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen=seen(write_off))


def test_a_refused_list_leaves_the_devices_where_they_are(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)

    refuse_write_off(by=cast.in_charge, write_off_ref=write_off.pk, reason=WriteOffRefusal.NOT_THERE)

    assert states(scrap) == {DeviceState.FAULTY, DeviceState.RETIRED}
    assert Approval.objects.get(subject=write_off.pk).reason == "NOT_THERE"
    assert asked(cast, scrap).number != write_off.number


def test_a_device_waits_on_one_list_only(cast: Cast, scrap: list[Device]) -> None:
    asked(cast, scrap)

    with refused("write_off.listed_already"):
        asked(cast, scrap[:1], by=cast.in_charge)


def test_only_who_asked_takes_the_list_back(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)

    with refused("write_off.not_yours"):
        withdraw_write_off(by=cast.in_charge, write_off_ref=write_off.pk)
    withdraw_write_off(by=cast.at_the_desk, write_off_ref=write_off.pk)

    assert Approval.objects.get(subject=write_off.pk).state == ApprovalState.WITHDRAWN


@pytest.mark.parametrize("kind", ["in stock", "in use", "ended but not taken back"])
def test_what_is_good_or_not_in_hand_is_not_listed(cast: Cast, kind: str) -> None:
    thing = {
        "in stock": cast.new_device,
        "in use": cast.old_device,
        "ended but not taken back": retired(by=cast.customer),
    }[kind]

    with refused("write_off.not_destroyable"):
        asked(cast, [thing])


def test_a_list_nobody_confirms_in_time_ends_and_may_be_made_again(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)
    request = Approval.objects.get(subject=write_off.pk)
    system, late = Actor.system("clock"), timezone.now() + POLICY.request_lapses_after + timedelta(seconds=1)

    lapse_write_off(by=system, approval=request.pk, at=timezone.now())
    assert Approval.objects.get(pk=request.pk).state == ApprovalState.PENDING
    lapse_write_off(by=system, approval=request.pk, at=late)

    assert Approval.objects.get(pk=request.pk).state == ApprovalState.LAPSED
    assert asked(cast, scrap).pk != write_off.pk


def test_the_clock_ends_what_is_due(cast: Cast, scrap: list[Device]) -> None:
    write_off = asked(cast, scrap)
    Approval.objects.filter(subject=write_off.pk).update(lapses_at=timezone.now())

    lapse_write_offs()

    assert Approval.objects.get(subject=write_off.pk).state == ApprovalState.LAPSED


@pytest.mark.parametrize("stage", ["never listed", "not confirmed", "confirmed another one"])
def test_the_database_destroys_nothing_two_witnesses_have_not_seen(cast: Cast, scrap: list[Device], stage: str) -> None:
    number = ""
    if stage != "never listed":
        number = asked(cast, scrap[:1]).number
    if stage == "confirmed another one":
        write_off = WriteOff.objects.get()
        destroy_devices(by=cast.in_charge, write_off_ref=write_off.pk, seen=seen(write_off))

    with refused_by("device_destroyed_by_two"):
        scrap[-1].move(DeviceStep.DESTROY, voucher()._replace(ref=number))


def test_the_database_destroys_no_device_a_customer_still_has(cast: Cast) -> None:
    ended = retired(by=cast.customer)

    with refused_by("device_destroyed_in_hand"):
        ended.move(DeviceStep.DESTROY, voucher())
