"""Destruction (폐기) of faulty and taken-back devices: one witness lists them, a second one confirms having seen it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from devices.commands.tills import listed
from devices.models import Device, Place, Voucher, WriteOff, WriteOffLine
from devices.queries.write_off import digest_of, load
from devices.states import DeviceStep, WriteOffMethod, WriteOffRefusal
from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Conflict, NotAllowed
from nh_otp.four_eyes import decisions
from nh_otp.four_eyes.models import Approval
from nh_otp.four_eyes.states import ApprovalKind, ApprovalState, ApprovalStep
from nh_otp.numbers import next_number

DESTROYABLE = (Place.FAULTY, Place.RETURNED)


class NotDestroyable(Conflict):
    code = "write_off.not_destroyable"
    message = "불량이거나 회수한 기기만 폐기할 수 있습니다. 목록에서 빼고 다시 요청해 주십시오."


class ListedAlready(Conflict):
    code, message = (
        "write_off.listed_already",
        "이미 폐기를 기다리는 기기가 있습니다. 앞선 폐기 요청을 먼저 마쳐 주십시오.",
    )


class NotYourRequest(NotAllowed):
    code, message = "write_off.not_yours", "다른 직원이 요청한 폐기입니다. 요청한 직원만 철회할 수 있습니다."


@command(action="write_off.asked", needs=Permission.WRITE_OFF, facts=("number", "method", "pieces"))
def ask_write_off(
    trail: Trail, *, by: Actor, serials: Sequence[str], method: WriteOffMethod, once: Once | None = None
) -> WriteOff:
    """List devices to be destroyed, as the first witness; another person confirms the list."""
    devices = listed(serials, by=by)
    if any(device.place not in DESTROYABLE for device in devices):
        raise NotDestroyable()
    if _waiting(devices):
        raise ListedAlready()
    write_off = WriteOff.objects.create(
        number=next_number("W", "write_off_number"),
        branch_id=by.branch_pk,
        method=method,
        witness_id=by.staff_pk,
        asked_at=trail.at,
    )
    WriteOffLine.objects.bulk_create(WriteOffLine(write_off=write_off, device=device) for device in devices)
    digest = digest_of(write_off, devices)
    request = decisions.ask(ApprovalKind.WRITE_OFF, write_off.pk, digest=digest, by=by, at=trail.at)
    trail.about(write_off, request, number=write_off.number, method=method, pieces=len(devices))
    return write_off


def _waiting(devices: Sequence[Device]) -> bool:
    """Is one of these locked devices on a list that still waits?"""
    lists = WriteOffLine.objects.filter(device__in=devices).values("write_off_id")
    return Approval.objects.filter(subject__in=lists, state=ApprovalState.PENDING).exists()


@command(action="stock.destroyed", needs=Permission.DECIDE_STOCK, facts=("number", "pieces", "digest"))
def destroy_devices(trail: Trail, *, by: Actor, write_off_ref: UUID, seen: str, once: Once | None = None) -> WriteOff:
    """Confirm as the second witness that exactly the listed devices were destroyed."""
    write_off, devices, request = _to_decide(trail, write_off_ref, by=by)
    decisions.must_be_as_shown(request, shown=seen, now=digest_of(write_off, devices))
    decisions.decide(request, ApprovalStep.APPROVE, by=by, at=trail.at)
    on = Voucher(by.staff_no, write_off.number, trail.at)
    for device in devices:
        device.move(DeviceStep.DESTROY, on)
    trail.about(*devices, number=write_off.number, pieces=len(devices), digest=request.digest)
    return write_off


@command(action="write_off.refused", needs=Permission.DECIDE_STOCK, facts=("number", "reason"))
def refuse_write_off(
    trail: Trail, *, by: Actor, write_off_ref: UUID, reason: WriteOffRefusal, once: Once | None = None
) -> WriteOff:
    """Say as the second witness that it is not so; the devices stay where they are."""
    write_off, _, request = _to_decide(trail, write_off_ref, by=by)
    decisions.decide(request, ApprovalStep.REFUSE, by=by, at=trail.at, reason=reason)
    trail.fact(number=write_off.number, reason=reason)
    return write_off


def _to_decide(trail: Trail, write_off_ref: UUID, *, by: Actor) -> tuple[WriteOff, Sequence[Device], Approval]:
    """A list, its devices and the request about it, locked in the house's order."""
    write_off = load(write_off_ref, by=by)
    devices = list(Device.objects.lock().filter(write_off_lines__write_off=write_off).select_related("vendor"))
    request = decisions.to_decide(write_off.pk, by=by, at=trail.at)
    trail.about(write_off, request)
    return write_off, devices, request


@command(action="write_off.withdrawn", needs=Permission.WRITE_OFF, facts=("number",))
def withdraw_write_off(trail: Trail, *, by: Actor, write_off_ref: UUID, once: Once | None = None) -> WriteOff:
    """Take one's own list back."""
    write_off = load(write_off_ref, by=by)
    if write_off.witness_id != by.staff_pk:
        raise NotYourRequest()
    request = decisions.pending(write_off.pk)
    request.take(ApprovalStep.WITHDRAW)
    trail.about(write_off, request, number=write_off.number)
    return write_off


@command(action="write_off.lapsed", needs=Permission.RUN_CLOCK)
def lapse_write_off(trail: Trail, *, by: Actor, approval: UUID, at: datetime) -> None:
    """Let a request nobody confirmed in time end; the devices may be listed again."""
    request = Approval.objects.select_for_update(no_key=True).get(pk=approval, kind=ApprovalKind.WRITE_OFF)
    if request.state != ApprovalState.PENDING or at < request.lapses_at:
        trail.nothing_new()
        return
    request.take(ApprovalStep.LAPSE)
    trail.about(WriteOff.objects.get(pk=request.subject), request)
