"""Signing in and out, as the records keep it."""

from __future__ import annotations

from branches.models import Staff
from nh_otp.access import Actor, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import NotAllowed


class SignInRefused(NotAllowed):
    code, message = "session.refused", "직원번호 또는 비밀번호가 맞지 않습니다."


class SignInLocked(NotAllowed):
    code, message = "session.locked", "여러 번 맞지 않아 잠갔습니다. 다른 관리자에게 해제를 요청해 주십시오."


class NoSecondFactor(NotAllowed):
    code, message = "session.no_second_factor", "추가 인증 수단이 없습니다. 관리자에게 등록을 요청해 주십시오."


@command(action="session.began", needs=Permission.SIGN_IN)
def sign_in(trail: Trail, *, by: Actor, staff: Staff) -> None:
    """Note that a member of staff proved both factors."""
    trail.about(staff)


@command(action="session.ended", needs=Permission.SIGN_IN)
def sign_out(trail: Trail, *, by: Actor, staff: Staff) -> None:
    trail.about(staff)


@command(action="session.stepped_up", needs=Permission.SIGN_IN)
def step_up(trail: Trail, *, by: Actor, staff: Staff) -> None:
    """Note that the second factor was given again, for decisions."""
    trail.about(staff)


@command(action="session.began", needs=Permission.SIGN_IN, facts=("stage",))
def refuse_sign_in(trail: Trail, *, by: Actor, stage: str, locked: bool = False) -> None:
    """Put a failed sign-in on record: always a refusal."""
    trail.fact(stage=stage)
    raise SignInLocked() if locked else SignInRefused()
