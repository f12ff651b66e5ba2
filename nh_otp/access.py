"""Who may do what: one enum of permissions, one table of grants, one value for whoever is acting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import TextChoices

from nh_otp.errors import NotAllowed
from nh_otp.policy import POLICY


class Role(TextChoices):
    TELLER = "TELLER", "창구직원"
    SUPERVISOR = "SUPERVISOR", "책임자"
    REVIEWER = "REVIEWER", "비대면 심사"
    CALL_AGENT = "CALL_AGENT", "상담원"
    CUSTODIAN = "CUSTODIAN", "기기 관리자"
    ADMINISTRATOR = "ADMINISTRATOR", "관리자"
    AUDITOR = "AUDITOR", "감사자"
    SYSTEM = "SYSTEM", "시스템"
    ANONYMOUS = "ANONYMOUS", "로그인 전"


class Permission(StrEnum):
    SIGN_IN = "session:sign_in"
    FIND_CUSTOMER = "customer:find"
    VIEW_CUSTOMER = "customer:view"
    REPORT_LOSS = "loss:report"
    VIEW_CASES = "reissue:view"
    RUN_CASE = "reissue:run"
    DECIDE_CASE = "reissue:decide"
    SERVE_DEVICE = "device:serve"
    FINISH_SERVICE = "device:finish"
    VIEW_STOCK = "stock:view"
    KEEP_TILL = "stock:till"
    HANDLE_DEVICE = "stock:handle"
    KEEP_STOCK = "stock:keep"
    RELEASE_LOT = "stock:release"
    WRITE_OFF = "stock:write_off"
    DECIDE_STOCK = "stock:decide"
    IMPORT_SEEDS = "seeds:import"
    RELAY = "outbox:deliver"
    RUN_CLOCK = "clock:run"


_COUNTER = frozenset(
    {
        Permission.SIGN_IN,
        Permission.FIND_CUSTOMER,
        Permission.VIEW_CUSTOMER,
        Permission.REPORT_LOSS,
        Permission.VIEW_CASES,
        Permission.SERVE_DEVICE,
        Permission.FINISH_SERVICE,
        Permission.VIEW_STOCK,
        Permission.KEEP_TILL,
        Permission.HANDLE_DEVICE,
        Permission.WRITE_OFF,
    }
)

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.TELLER: _COUNTER | {Permission.RUN_CASE},
    Role.SUPERVISOR: _COUNTER | {Permission.DECIDE_CASE, Permission.KEEP_STOCK, Permission.DECIDE_STOCK},
    Role.REVIEWER: frozenset({Permission.SIGN_IN}),
    Role.CALL_AGENT: frozenset(
        {Permission.SIGN_IN, Permission.FIND_CUSTOMER, Permission.VIEW_CUSTOMER, Permission.REPORT_LOSS}
    ),
    Role.CUSTODIAN: frozenset(
        {
            Permission.SIGN_IN,
            Permission.IMPORT_SEEDS,
            Permission.VIEW_STOCK,
            Permission.HANDLE_DEVICE,
            Permission.KEEP_STOCK,
            Permission.RELEASE_LOT,
            Permission.WRITE_OFF,
            Permission.DECIDE_STOCK,
        }
    ),
    Role.ADMINISTRATOR: frozenset({Permission.SIGN_IN}),
    Role.AUDITOR: frozenset(
        {Permission.SIGN_IN, Permission.VIEW_CASES, Permission.VIEW_CUSTOMER, Permission.VIEW_STOCK}
    ),
    Role.SYSTEM: frozenset(
        {Permission.RELAY, Permission.RUN_CLOCK, Permission.IMPORT_SEEDS, Permission.FINISH_SERVICE}
    ),
    Role.ANONYMOUS: frozenset({Permission.SIGN_IN}),
}


class StepUpNeeded(NotAllowed):
    code, message = "session.step_up", "승인 인증이 끝났습니다. 추가 인증을 다시 해 주십시오."


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is acting, reduced to what rules and audit need; equal for both doors."""

    role: Role
    staff_no: str
    staff_id: int | None = None
    person_no: str = ""
    branch_id: int | None = None
    branch_code: str = ""
    entity_id: int | None = None
    terminal: str = ""
    ip: str = ""
    session: str = ""
    stepped_up_at: datetime | None = None

    @classmethod
    def system(cls, name: str) -> Actor:
        """The system itself, named after the process or gateway that acts."""
        return cls(role=Role.SYSTEM, staff_no=f"system:{name}"[:30])

    @classmethod
    def anonymous(cls, *, ip: str = "", claimed: str = "") -> Actor:
        """Somebody who has not signed in; what they claim to be is kept as a claim."""
        return cls(role=Role.ANONYMOUS, staff_no=f"?{claimed}"[:30], ip=ip)

    def may(self, permission: Permission) -> bool:
        return permission in GRANTS[self.role]

    def must(self, permission: Permission) -> None:
        """Refuse unless this role holds the permission."""
        if not self.may(permission):
            raise NotAllowed(permission=permission.value)

    def must_have_stepped_up(self, *, at: datetime) -> None:
        """Refuse unless the second factor was given within the policy's time."""
        if self.stepped_up_at is None or at - self.stepped_up_at > POLICY.step_up_fresh_for:
            raise StepUpNeeded()

    @property
    def staff_pk(self) -> int:
        """The signed-in staff member's key; refuse for anybody who is not staff."""
        if self.staff_id is None:
            raise NotAllowed()
        return self.staff_id

    @property
    def branch_pk(self) -> int:
        """The branch this person works at; refuse for anybody who works at none."""
        if self.branch_id is None:
            raise NotAllowed()
        return self.branch_id

    def at_terminal(self, terminal: str, *, ip: str, session: str) -> Actor:
        return replace(self, terminal=terminal, ip=ip, session=session)


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key with the digest of the body it was sent with."""

    key: UUID
    body: str = ""
