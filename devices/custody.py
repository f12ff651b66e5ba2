"""Who holds a device. Every function runs inside the caller's transaction and leaves the audit to the caller."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from devices import otp
from devices.models import CentreVerb, CheckOutcome, Counter, Device, Voucher, lane
from devices.serials import spelled
from devices.states import HELD, TRANSITIONS, DeviceState, DeviceStep, Move
from nh_otp.errors import Conflict, Invalid, NotFound
from nh_otp.machine import before
from nh_otp.outbox.models import Draft
from nh_otp.policy import POLICY
from nh_otp.prepared import fetch_one

DAYS_PER_MONTH = 30


class UnreadableSerial(Invalid):
    code = "device.unreadable"
    message = "기기 번호로 읽을 수 없습니다. 바코드를 다시 스캔하거나 일련번호를 직접 입력해 주십시오."


class UnknownDevice(NotFound):
    code, message = "device.unknown", "등록되지 않은 기기입니다. 일련번호를 다시 확인해 주십시오."


class AlreadyAssigned(Conflict):
    code = "device.already_assigned"
    message = "이 기기는 이미 다른 건에 배정되어 있습니다. 다른 기기를 스캔해 주십시오."


class NotAssignable(Conflict):
    code, message = "device.not_assignable", "배정할 수 없는 상태의 기기입니다. 다른 기기를 스캔해 주십시오."


class OtherTill(Conflict):
    code, message = "device.other_till", "다른 창구의 시재입니다. 시재를 옮긴 뒤 배정해 주십시오."


class TooOld(Conflict):
    code, message = "device.too_old", "유효기간이 얼마 남지 않은 기기입니다. 더 긴 기기를 배정해 주십시오."


class NotHeld(NotFound):
    code, message = "device.not_held", "고객님이 쓰고 계신 기기가 아닙니다. 화면을 새로 고쳐 다시 골라 주십시오."


class MalformedCode(Invalid):
    code, message = "first_code.malformed", "기기 화면의 숫자를 그대로 입력해 주십시오."


class NotVerified(Conflict):
    code = "first_code.not_verified"
    message = "검증한 최초번호가 없거나 15분이 지났습니다. 번호를 다시 검증해 주십시오."


class NotReset(Conflict):
    code, message = "device.not_reset", "오류 횟수가 아직 초기화되지 않았습니다. 잠시 후 다시 마무리해 주십시오."


class Stopped(NamedTuple):
    """A device named in a report, and whether this very act stopped it."""

    device: Device
    now: bool


def normal_serial(text: str) -> str:
    """A serial as scanned or typed, in its one spelling. Raises UnreadableSerial."""
    serial = spelled(text)
    if not serial:
        raise UnreadableSerial()
    return serial


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


def reserve(serial: str, *, till_id: int, branch_id: int, kind: str, on: date) -> Device:
    """Set the scanned device of one's own till aside for a case; refused with the reason a teller can act on."""
    found = Device.objects.lock().filter(serial=normal_serial(serial), branch_id=branch_id)
    device = found.select_related("product", "vendor").first()
    if device is None or device.product.kind != kind:
        raise UnknownDevice()
    if device.state == DeviceState.RESERVED:
        raise AlreadyAssigned()
    if device.state != DeviceState.IN_STOCK:
        raise NotAssignable()
    if device.till_id != till_id:
        raise OtherTill()
    if (device.valid_until - on).days < device.product.minimum_months_left * DAYS_PER_MONTH:
        raise TooOld()
    device.take(DeviceStep.RESERVE)
    return device


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


def give_back(device_id: UUID, *, opened: bool, on: Voucher) -> Device:
    """Return a device whose case ended: unopened to the till, opened to be checked, never back to the till."""
    device = Device.objects.lock().get(pk=device_id)
    if opened:
        device.move(DeviceStep.GIVE_BACK_OPENED, on, till=None)
    else:
        device.take(DeviceStep.GIVE_BACK_UNOPENED)
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
