"""The nightly check puts on record whether ledger and devices agree."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from devices.tasks import compare_stock
from nh_otp.audit.models import AuditRow
from nh_otp.launcher import roles
from nh_otp.periodic import alone
from tests.databases import Clone, race
from tests.factories.cast import Cast, device


def check() -> str:
    said = StringIO()
    call_command("check_stock", stdout=said, stderr=said)
    return said.getvalue()


@pytest.fixture
def unknown_device(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE device DISABLE TRIGGER stock_ledger_received")
    device(at=cast.home)


def test_a_stock_that_agrees_is_on_record(cast: Cast) -> None:
    assert check() == "ledger and devices agree\n"

    assert AuditRow.objects.get(action="stock.checked").facts == {"agrees": True, "differences": 0}


@pytest.mark.usefixtures("unknown_device")
def test_a_stock_that_differs_is_on_record_and_fails_the_command(cast: Cast) -> None:
    with pytest.raises(CommandError) as failure:
        check()

    assert failure.value.returncode == 1
    assert AuditRow.objects.get(action="stock.checked").facts == {"agrees": False, "differences": 1}


@pytest.mark.usefixtures("unknown_device")
def test_the_clock_puts_a_difference_on_record(cast: Cast) -> None:
    compare_stock()

    assert AuditRow.objects.get(action="stock.checked").facts["differences"] == 1


def test_the_web_roles_rights_are_enough_for_the_check(clone: Clone) -> None:
    Cast()

    with clone.acting_as(roles.APP):
        assert "agree" in check()


def test_a_job_runs_alone(clone: Clone) -> None:
    def other() -> bool:
        with alone("stock") as mine:
            return mine

    with alone("stock") as mine:
        assert mine
        assert race(other) == [False]
    assert race(other) == [True]
