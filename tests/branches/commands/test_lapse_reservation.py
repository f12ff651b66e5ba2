"""A device set aside without a request for approval goes back by itself; the case keeps everything else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from branches.commands.approval import return_case, withdraw_case
from branches.commands.reissue import lapse_reservation
from branches.models import Approval, ReissueCase, ReturnReason
from branches.tasks import lapse_reservations
from devices.models import Device
from devices.states import DeviceState
from nh_otp.access import Actor
from nh_otp.audit.models import AuditRow
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import everything
from tests.factories.cast import Cast
from tests.factories.stock import imbalance

CLOCK = Actor.system("clock")
LATE = POLICY.reservation_lapses_after + timedelta(seconds=1)


def lapsed(case: ReissueCase, *, at: datetime | None = None) -> ReissueCase:
    lapse_reservation(by=CLOCK, case_ref=case.pk, at=at or timezone.now() + LATE)
    case.refresh_from_db()
    return case


def state_of(thing: Device) -> str:
    return Device.objects.get(pk=thing.pk).state


def test_an_unused_reservation_goes_back_to_its_till_and_the_case_goes_on(cast: Cast) -> None:
    before = cast.prepared()
    case = lapsed(ReissueCase.objects.get(pk=before.pk))

    assert (case.new_device, case.assigned_at) == (None, None)
    assert (case.state, case.identity_id, case.paperwork_at) == (before.state, before.identity_id, before.paperwork_at)
    assert (state_of(cast.new_device), Device.objects.get(pk=cast.new_device.pk).till) == (
        DeviceState.IN_STOCK,
        cast.teller,
    )
    assert AuditRow.objects.get(action="reissue.reservation_lapsed").staff_no == "system:clock"
    assert imbalance() == []


def test_a_reservation_within_its_time_stays(cast: Cast) -> None:
    case = cast.prepared()
    before = everything()

    lapsed(case, at=timezone.now() + POLICY.reservation_lapses_after - timedelta(seconds=5))

    assert everything() == before


def test_a_reservation_lapses_once(cast: Cast) -> None:
    case = cast.prepared()

    lapsed(case)
    lapsed(case)

    assert AuditRow.objects.filter(action="reissue.reservation_lapsed").count() == 1


@pytest.mark.parametrize("stage", [Cast.submitted, Cast.approved, Cast.registered])
def test_what_is_asked_for_or_decided_keeps_its_device(cast: Cast, stage: Callable[[Cast], ReissueCase]) -> None:
    case = stage(cast)
    before = everything()

    lapsed(case)

    assert everything() == before


def test_after_a_return_the_teller_has_the_whole_time_again(cast: Cast) -> None:
    case = cast.submitted()
    ReissueCase.objects.filter(pk=case.pk).update(assigned_at=timezone.now() - 2 * LATE)
    return_case(by=cast.in_charge, case_ref=case.pk, reason=ReturnReason.SIGNATURE_MISSING)

    assert lapsed(case, at=timezone.now()).new_device == cast.new_device
    assert lapsed(case).new_device is None


def test_after_a_withdrawal_the_time_counts_from_the_request(cast: Cast) -> None:
    case = cast.submitted()
    withdraw_case(by=cast.at_the_desk, case_ref=case.pk)
    ReissueCase.objects.filter(pk=case.pk).update(assigned_at=timezone.now() - 2 * LATE)

    assert lapsed(case, at=timezone.now()).new_device == cast.new_device
    Approval.objects.update(requested_at=timezone.now() - LATE)
    assert lapsed(case, at=timezone.now()).new_device is None


def test_the_clock_lets_go_what_is_due(cast: Cast) -> None:
    case = cast.prepared()
    ReissueCase.objects.filter(pk=case.pk).update(assigned_at=timezone.now() - LATE)

    lapse_reservations()

    assert ReissueCase.objects.get(pk=case.pk).new_device is None
