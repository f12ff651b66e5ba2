"""Tellers who ask for the next device at one moment get different devices."""

from __future__ import annotations

from functools import partial
from threading import Barrier
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from branches.commands.reissue import assign_next_device, open_case
from branches.models import Reason, ReissueCase
from devices import custody
from devices.models import Device, DeviceState
from tests.concurrency.test_codes import alone
from tests.concurrency.test_races import codes
from tests.databases import Clone, race
from tests.factories.cast import Cast, customer, device, held_device
from tests.factories.stock import imbalance

TELLERS = 200
WITHIN = 60.0  # seconds until a crowd that hangs fails instead


def test_two_hundred_tellers_at_one_till_hold_two_hundred_devices_at_the_same_moment(clone: Clone) -> None:
    cast = Cast()
    for _ in range(TELLERS - 1):
        device(at=cast.home, till=cast.teller)
    kind, today, all_hold_one = cast.new_device.product.kind, timezone.localdate(), Barrier(TELLERS)

    def take() -> UUID:
        with transaction.atomic():
            mine = custody.take_next(till_id=cast.teller.pk, branch_id=cast.home.pk, kind=kind, on=today)
            all_hold_one.wait(WITHIN)
        return mine.pk

    with alone():
        answers = race(*[take] * TELLERS)

    assert len(set(answers)) == TELLERS
    assert set(answers) == set(Device.objects.filter(state=DeviceState.RESERVED).values_list("pk", flat=True))
    assert imbalance() == []


def test_more_cases_than_devices_leave_the_last_ones_without(clone: Clone) -> None:
    cast = Cast()
    for _ in range(15):
        cast.another_device()
    cases = [opened(cast) for _ in range(20)]
    answers = race(*(partial(assign_next_device, by=cast.at_the_desk, case_ref=case.pk) for case in cases))

    given = ReissueCase.objects.exclude(new_device=None).values_list("new_device", flat=True)
    assert codes(answers) == {"done": 16, "device.till_empty": 4}
    assert (len(given), len(set(given))) == (16, 16)


def opened(cast: Cast) -> ReissueCase:
    """One more customer at this teller's window, with a device that has run down."""
    person = customer(at=cast.home)
    return open_case(
        by=cast.at_the_desk, customer_ref=person.pk, reason=Reason.BATTERY, old_device=held_device(person).pk
    )
