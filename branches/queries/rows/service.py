"""Rows of the page of a device service (1120)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from branches.queries.rows.case import ApprovalTask, CaseHead, IdentityTask, TaskRow
from nh_otp.shown import Choice, Serial, Status, TimelineRow


@dataclass(frozen=True, slots=True)
class ServedDevice:
    """The device the service is for."""

    kind: str
    serial: Serial
    status: Status
    wrong_codes: int
    elsewhere: int


@dataclass(frozen=True, slots=True)
class ServiceCodeTask:
    """One code unlocks a device; two in a row also tell how far its clock is off."""

    digits: int
    kind: str
    serial: Serial
    pair: bool  # two codes are needed
    answer: str = ""  # what the verifier said to the last ones


@dataclass(frozen=True, slots=True)
class FinishTask:
    """Decided, and not yet in order: the verifier did not answer."""

    decider: str


@dataclass(frozen=True, slots=True)
class ServicePage:
    """Everything the page shows; at most one of the task payloads is set, that of the current task."""

    ref: UUID
    number: str
    kind: str
    state: Status
    head: CaseHead
    device: ServedDevice
    tasks: tuple[TaskRow, ...]
    timeline: tuple[TimelineRow, ...]
    version: str  # asked for by the poll: 204 while unchanged
    ended: str = ""  # one sentence when the service has come to an end
    held_by: str = ""  # a colleague is at work on it: the page is read only
    cancel_reasons: tuple[Choice, ...] = ()  # empty: cannot be cancelled
    identity: IdentityTask | None = None
    code: ServiceCodeTask | None = None
    approval: ApprovalTask | None = None
    finish: FinishTask | None = None

    @property
    def done(self) -> int:
        return sum(task.state == "done" for task in self.tasks)
