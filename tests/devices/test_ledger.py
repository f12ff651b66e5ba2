"""The stock ledger: a device cannot change its place without a line, and a line cannot change at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from devices.custody import give_back
from devices.models import Device, Move, Place, StockMovement
from devices.states import DeviceState, DeviceStep
from tests.factories.cast import Cast, device, voucher
from tests.factories.stock import imbalance


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert getattr(caught.value.__cause__, "diag").constraint_name == constraint  # noqa: B009  # psycopg's, untyped here


def lines(of: Device) -> list[tuple[str, str | None, str]]:
    return list(of.movements.order_by("pk").values_list("how", "from_place", "to_place"))


def test_a_device_writes_its_own_line_when_it_enters_the_bank(cast: Cast) -> None:
    new = device(at=cast.home, till=cast.teller)

    line = StockMovement.objects.get(device=new)
    assert (line.how, line.from_place, line.to_place) == (Move.RECEIVE, None, Place.STOCK)
    assert (line.to_branch_id, line.to_till_id, line.product_id) == (cast.home.pk, cast.teller.pk, new.product_id)


def test_a_device_handed_out_is_written_as_issued_with_its_voucher(cast: Cast) -> None:
    new = device(at=cast.home, till=cast.teller)
    new.take(DeviceStep.RESERVE)
    on = voucher()._replace(by="2018031", ref="RI-261123-000001")

    new.move(DeviceStep.REGISTER, on, till=None)

    line = StockMovement.objects.get(device=new, how=Move.ISSUE)
    assert (line.from_place, line.to_place) == (Place.STOCK, Place.CUSTOMER)
    assert (line.by, line.ref, line.at) == on
    assert (line.from_till_id, line.to_till_id) == (cast.teller.pk, None)
    assert imbalance() == []


def test_an_opened_device_goes_to_be_checked_and_an_unopened_one_does_not_move(cast: Cast) -> None:
    opened, unopened = (device(at=cast.home, till=cast.teller) for _ in range(2))
    for each in (opened, unopened):
        each.take(DeviceStep.RESERVE)

    give_back(opened.pk, opened=True, on=voucher())
    give_back(unopened.pk, opened=False, on=voucher())

    received = ("RECEIVE", None, "STOCK")
    assert lines(opened) == [received, ("GIVE_BACK", "STOCK", "QUARANTINE")]
    assert lines(unopened) == [received]


@pytest.mark.parametrize("change", ["till_id = NULL", "state = 'MISSING', till_id = NULL"])
def test_a_device_moved_by_plain_sql_without_a_voucher_stays_where_it_is(cast: Cast, change: str) -> None:
    new = device(at=cast.home, till=cast.teller)

    with refused_by("stock_movement_names_its_voucher"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE device SET {change} WHERE id = %s", [new.pk])

    new.refresh_from_db()
    assert (new.state, new.till_id, lines(new)) == (DeviceState.IN_STOCK, cast.teller.pk, [("RECEIVE", None, "STOCK")])


@pytest.mark.parametrize("change", ["UPDATE stock_movement SET by = ''", "DELETE FROM stock_movement"])
def test_even_the_owner_cannot_change_the_ledger(cast: Cast, change: str) -> None:
    before = StockMovement.objects.count()

    with refused_by("stock_movement_append_only"), connection.cursor() as cursor:
        cursor.execute(change)

    assert StockMovement.objects.count() == before


def test_the_check_finds_a_device_the_ledger_does_not_know(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE device DISABLE TRIGGER stock_ledger_received")
    device(at=cast.home)

    assert imbalance() == [("STOCK", 0, 1)]
