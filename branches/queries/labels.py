"""How states and people are called on every screen: one table of words and looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import TextChoices
from django.utils import timezone

from branches.models import Staff
from branches.queries.rows.parts import Choice, Status, Tone
from branches.states import ApprovalState, CaseState
from devices.models import Device, DeviceState, ProductKind, ServiceState

C, D, A, V = CaseState, DeviceState, ApprovalState, ServiceState

CASE: Mapping[CaseState, Tone] = {
    C.RECEIVED: Tone.GOING,
    C.IN_PROGRESS: Tone.GOING,
    C.AWAITING_APPROVAL: Tone.WAITING,
    C.APPROVED: Tone.DONE,
    C.REGISTERED: Tone.GOING,
    C.UNDELIVERED: Tone.WAITING,
    C.COMPLETED: Tone.DONE,
    C.REFUSED: Tone.BACK,
    C.CANCELLED: Tone.BACK,
    C.EXPIRED: Tone.NOT_YET,
}
DEVICE: Mapping[DeviceState, Tone] = {
    D.QUARANTINED: Tone.WAITING,
    D.IN_STOCK: Tone.DONE,
    D.IN_TRANSIT: Tone.WAITING,
    D.RESERVED: Tone.WAITING,
    D.IN_USE: Tone.IN_USE,
    D.SUSPENDED: Tone.STOPPED,
    D.LOCKED: Tone.STOPPED,
    D.MISSING: Tone.BACK,
    D.FAULTY: Tone.BACK,
    D.RETIRED: Tone.STOPPED,
    D.DESTROYED: Tone.NOT_YET,
}
APPROVAL: Mapping[ApprovalState, Tone] = {
    A.PENDING: Tone.WAITING,
    A.APPROVED: Tone.DONE,
    A.RETURNED: Tone.BACK,
    A.REFUSED: Tone.BACK,
    A.WITHDRAWN: Tone.NOT_YET,
    A.LAPSED: Tone.NOT_YET,
}


SERVICE: Mapping[ServiceState, Tone] = {
    V.OPEN: Tone.GOING,
    V.AWAITING_DECISION: Tone.WAITING,
    V.APPROVED: Tone.DONE,
    V.DONE: Tone.DONE,
    V.REFUSED: Tone.BACK,
    V.CANCELLED: Tone.BACK,
}


def of_service(state: str) -> Status:
    return Status(ServiceState(state).label, SERVICE[ServiceState(state)])


def of_case(state: str) -> Status:
    return Status(CaseState(state).label, CASE[CaseState(state)])


def of_device(device: Device) -> Status:
    state = DeviceState(device.state)
    return Status(state.label, DEVICE[state])


def of_approval(state: str) -> Status:
    return Status(ApprovalState(state).label, APPROVAL[ApprovalState(state)])


def person(staff: Staff | None) -> str:
    """이하늘 계장"""
    return f"{staff.name} {staff.title}" if staff else ""


def kind(device: Device | None) -> str:
    """토큰형; the product must be loaded."""
    return ProductKind(device.product.kind).label if device else ""


def choices(kinds: Iterable[TextChoices], *, chosen: str = "") -> tuple[Choice, ...]:
    """A radio group of some values, one of them chosen."""
    return tuple(Choice(each.value, str(each.label), chosen=each.value == chosen) for each in kinds)


def day_and_time(at: datetime) -> str:
    """2026. 11. 23. 09:21 in Korea."""
    local = timezone.localtime(at)
    return f"{local.year}. {local.month}. {local.day}. {local:%H:%M}"


def shift(seconds: int | None) -> str:
    """How far a device's clock is off: 70초 느림."""
    if not seconds:
        return "시각 차이 없음"
    return f"{abs(seconds)}초 {'빠름' if seconds > 0 else '느림'}"
