"""A refusal leaves everything as it was, and one entry that says so."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import models

from branches.models import Approval, IdentityCheck, LossReport, Notice, ReissueCase
from devices.models import (
    CodeCheck,
    Counter,
    DeskTries,
    Device,
    DeviceService,
    Holding,
    StockMovement,
    WriteOff,
    WriteOffLine,
)
from nh_otp.audit.models import AuditRow, Outcome
from nh_otp.errors import DomainError
from nh_otp.outbox.models import OutboxMessage

KEPT: tuple[type[models.Model], ...] = (
    Approval,
    CodeCheck,
    Counter,
    DeskTries,
    Device,
    DeviceService,
    Holding,
    IdentityCheck,
    LossReport,
    Notice,
    OutboxMessage,
    ReissueCase,
    StockMovement,
    WriteOff,
    WriteOffLine,
)


def everything() -> dict[str, object]:
    """Every row a verb could have changed."""
    return {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in KEPT}


@contextmanager
def refused(code: str, *, action: str = "") -> Iterator[pytest.ExceptionInfo[DomainError]]:
    """The verb inside is refused with this code, changes nothing and leaves exactly one entry."""
    before, entries = everything(), AuditRow.objects.count()

    with pytest.raises(DomainError) as refusal:
        yield refusal

    assert refusal.value.code == code
    assert everything() == before
    assert AuditRow.objects.count() == entries + 1
    entry = AuditRow.objects.latest("at")
    assert (entry.outcome, entry.code) == (Outcome.REFUSED, code)
    assert entry.action.startswith(action)
