"""How the states of cases and requests are called and look on every screen."""

from __future__ import annotations

from collections.abc import Mapping

from branches.states import ApprovalState, CaseState
from devices.models import ServiceState
from nh_otp.shown import Status, Tone

C, A, V = CaseState, ApprovalState, ServiceState

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


def of_approval(state: str) -> Status:
    return Status(ApprovalState(state).label, APPROVAL[ApprovalState(state)])


def shift(seconds: int | None) -> str:
    """How far a device's clock is off: 70초 느림."""
    if not seconds:
        return "시각 차이 없음"
    return f"{abs(seconds)}초 {'빠름' if seconds > 0 else '느림'}"
