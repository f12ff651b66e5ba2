"""What the verifier itself puts on record: it acts in no command of anybody else's."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from devices.models import Device
from devices.states import TRANSITIONS, DeviceState, DeviceStep
from nh_otp.access import Actor
from nh_otp.audit.models import Outcome
from nh_otp.audit.trail import Trail

VERIFIER: Final = Actor.system("verifier")


def lock(device_id: UUID, *, asked_by: str, at: datetime) -> None:
    """The tenth wrong code in a row: a device in use is LOCKED; in any other state the count alone stops it."""
    device = Device.objects.lock().get(pk=device_id)
    if (DeviceState(device.state), DeviceStep.LOCK) in TRANSITIONS:
        device.take(DeviceStep.LOCK)
    trail = Trail("device.tries_used_up", ("state", "asked_by"), at=at)
    trail.about(device, state=device.state, asked_by=asked_by)
    trail.file(by=VERIFIER, outcome=Outcome.DONE)


def unreadable(device_id: UUID, *, asked_by: str, at: datetime) -> None:
    """A seed that does not open was changed by somebody: never without an entry."""
    trail = Trail("seed.unreadable", ("asked_by",), at=at)
    trail.about(Device(pk=device_id), asked_by=asked_by)
    with transaction.atomic():
        trail.file(by=VERIFIER, outcome=Outcome.REFUSED, code="verifier.seed_unreadable")
