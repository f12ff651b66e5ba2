"""The customer's hands: devices stopped, unlocked, put into use and retired."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from devices import otp
from devices.custody.refusals import MalformedCode, NotAssignable, NotHeld, NotReset, NotVerified
from devices.models import CentreVerb, CheckOutcome, Counter, Device, Voucher, lane
from devices.states import HELD, TRANSITIONS, DeviceState, DeviceStep, Move
from nh_otp.machine import before
from nh_otp.outbox.models import Draft
from nh_otp.policy import POLICY
from nh_otp.prepared import fetch_one


class Stopped(NamedTuple):
    """A device named in a report, and whether this very act stopped it."""

    device: Device
    now: bool


def must_look_like_code(text: str) -> None:
    """Refuse what no device of ours can show, before anything is asked or written. Raises MalformedCode."""
    if not any(otp.is_code(text, digits) for digits in otp.DIGITS):
        raise MalformedCode()


def to_centre(verb: CentreVerb, device_id: UUID, *, urgent: bool = False) -> Draft:
    """A message that tells the shared OTP centre what became of a device, in the device's own line."""
    return Draft("devices.tasks.tell_centre", lane(device_id), {"device": str(device_id), "verb": verb.value}, urgent)


def suspend(refs: Collection[UUID], *, customer_id: UUID, at: datetime) -> Sequence[Stopped]:
    """Stop devices this customer holds; one that is stopped already stays so. Raises NotHeld."""
    devices = list(
        Device.objects.lock()
        .filter(pk__in=refs, holdings__customer_id=customer_id, holdings__ended_at=None, state__in=HELD)
        .select_related("vendor", "product")
    )
    if not refs or len(devices) != len(set(refs)):
        raise NotHeld()
    return [Stopped(device, _stop(device, at)) for device in devices]


def _stop(device: Device, at: datetime) -> bool:
    if device.state == DeviceState.SUSPENDED:
        return False
    device.take(DeviceStep.SUSPEND, suspended_at=at)
    return True


def held(device_id: UUID, *, customer_id: UUID) -> Device:
    """A device in this customer's hand, locked, with its product. Raises NotHeld."""
    found = Device.objects.lock().filter(pk=device_id, holdings__customer_id=customer_id, holdings__ended_at=None)
    device = found.filter(state__in=HELD).select_related("product").first()
    if device is None:
        raise NotHeld()
    return device


def unlock(device_id: UUID) -> Device:
    """Take a locked device back into use; the verifier must have forgotten its wrong codes. Raises NotReset."""
    device = Device.objects.lock().get(pk=device_id)
    if not Counter.objects.filter(device_id=device_id, failures=0).exists():
        raise NotReset()
    device.take(DeviceStep.UNLOCK)
    return device


REGISTER = """
WITH used AS (
  UPDATE code_check SET consumed_at = %(at)s
  WHERE id = %(check)s AND device_id = %(new)s AND outcome = %(match)s
    AND consumed_at IS NULL AND claimed_at > %(since)s
  RETURNING device_id
), fresh AS (
  UPDATE device SET state = %(in_use)s, registered_at = %(at)s, till_id = NULL,
    moves = moves + 1, moved_at = %(at)s, moved_by = %(by)s, moved_how = %(issue)s, moved_for = %(ref)s
  FROM used WHERE device.id = used.device_id AND device.state = ANY(%(before_use)s) RETURNING device.id
), gone AS (
  UPDATE device SET state = %(retired)s, retired_at = %(at)s,
    moves = moves + 1, moved_at = %(at)s, moved_by = %(by)s, moved_how = %(retire)s, moved_for = %(ref)s
  WHERE id = %(old)s AND state = ANY(%(before_end)s) AND EXISTS (SELECT FROM fresh) RETURNING id
), ended AS (
  UPDATE holding SET ended_at = %(at)s, successor_id = %(new)s FROM gone
  WHERE holding.device_id = gone.id AND holding.ended_at IS NULL
), began AS (
  INSERT INTO holding (id, device_id, customer_id, began_at) SELECT %(holding)s, id, %(customer)s, %(at)s FROM fresh
)
SELECT (SELECT count(*) FROM used), (SELECT count(*) FROM fresh), (SELECT count(*) FROM gone)
"""


def register(*, check: UUID, new_id: UUID, old_id: UUID | None, customer_id: UUID, on: Voucher) -> None:
    """Use up a verification, put its device into the customer's hand and retire the old one, linked: one statement.

    The speed of this act is promised (product.md 15), docs/adr/0013. Raises NotVerified or NotAssignable.
    """
    values = {
        "check": check,
        "new": new_id,
        "old": old_id,
        "customer": customer_id,
        "holding": uuid4(),
        "at": on.at,
        "by": on.by,
        "ref": on.ref,
        "issue": Move.ISSUE.value,
        "retire": Move.RETIRE.value,
        "since": on.at - POLICY.verification_valid_for,
        "match": CheckOutcome.MATCH.value,
        "in_use": DeviceState.IN_USE.value,
        "retired": DeviceState.RETIRED.value,
        "before_use": before(TRANSITIONS, DeviceStep.REGISTER),
        "before_end": before(TRANSITIONS, DeviceStep.RETIRE),
    }
    used, fresh, gone = fetch_one(REGISTER, values) or (0, 0, 0)
    if not used:
        raise NotVerified()
    if not fresh or (old_id is not None and not gone):
        raise NotAssignable()
