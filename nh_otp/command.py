"""What a command is: one permission, one transaction, one audit entry."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.apps import apps
from django.db import Error, IntegrityError, OperationalError, transaction
from django.utils import timezone
from psycopg import errors as postgres

from nh_otp.access import Actor, Once, Permission
from nh_otp.audit.models import Outcome
from nh_otp.audit.trail import Trail
from nh_otp.errors import Busy, Conflict, DomainError
from nh_otp.machine import WrongState
from nh_otp.once import models as keys

P = ParamSpec("P")
R = TypeVar("R")

running: ContextVar[bool] = ContextVar("running", default=False)
"""True while a command runs: nobody asks the outside then."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as the house knows it: its name in the records, what it needs, which facts it may keep."""

    action: str
    needs: Permission
    facts: frozenset[str]
    run: Callable[..., Any]


COMMANDS: dict[str, Command] = {}


def command(
    *, action: str, needs: Permission, facts: Collection[str] = ()
) -> Callable[[Callable[Concatenate[Trail, P], R]], Callable[P, R]]:
    """Turn a function into a command: called by doors, errands and tasks, never by another command.

    The body takes the trail first, then keywords only, `by` the first of them. A body that declares `once`
    does its work once per key. It never writes the audit itself; it fills in the trail.
    """

    def decorate(body: Callable[Concatenate[Trail, P], R]) -> Callable[P, R]:
        @wraps(body)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            by, once = cast(Actor, kwargs["by"]), cast("Once | None", kwargs.get("once"))
            trail = Trail(action, registered.facts, at=timezone.now())
            token = running.set(True)
            try:
                with transaction.atomic(durable=True):
                    by.must(needs)
                    if once and (row := keys.claim(by=by, once=once, action=action, at=trail.at)):
                        return cast(R, row.answer(action, once))
                    result = body(trail, *args, **kwargs)
                    trail.file(by=by, outcome=Outcome.DONE)
                    if once:
                        keys.remember(by=by, once=once, result=result)
                    return result
            except (DomainError, IntegrityError, OperationalError) as error:
                refusal = as_refusal(error)
                file_refusal(refusal, trail, by=by, once=once)
                raise refusal from (None if refusal is error else error)
            finally:
                running.reset(token)

        registered = Command(action, needs, frozenset(facts), run)
        COMMANDS[body.__name__] = registered
        return run

    return decorate


def file_refusal(refusal: DomainError, trail: Trail, *, by: Actor, once: Once | None) -> None:
    """Put a refusal on record in its own transaction, after the effect's was rolled back."""
    if refusal.replayed:
        return
    trail.fact(**{name: value for name, value in refusal.facts.items() if name in trail.allowed})
    with transaction.atomic():
        final = not isinstance(refusal, Busy | keys.OnceMismatch)
        if once and final and keys.claim(by=by, once=once, action=trail.action, at=trail.at) is None:
            keys.remember_refusal(by=by, once=once, refusal=refusal)
        trail.file(by=by, outcome=Outcome.REFUSED, code=refusal.code)


def as_refusal(error: Error | DomainError) -> DomainError:
    """The refusal a database error stands for; an error that stands for none is raised again."""
    if isinstance(error, DomainError):
        return error
    cause = error.__cause__
    if isinstance(cause, postgres.LockNotAvailable | postgres.DeadlockDetected | postgres.SerializationFailure):
        return Busy()
    name = cause.diag.constraint_name if isinstance(cause, postgres.Error) else None
    if name and name.endswith("_state_guard"):
        return WrongState()
    if name not in sentences():
        raise error
    return Conflict(sentences()[name], code=f"rule.{name}")


@cache
def sentences() -> dict[str | None, str]:
    """The Korean sentence of every constraint that has one, by the constraint's name."""
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }
