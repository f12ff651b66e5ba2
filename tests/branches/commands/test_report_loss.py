from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.commands.loss import report_loss
from branches.models import LossKind, LossReport
from devices.custody import NotHeld
from devices.models import CentreVerb
from devices.states import DeviceState
from nh_otp.access import Once, Role
from nh_otp.audit.models import AuditRow
from nh_otp.errors import Conflict, NotAllowed, NotFound
from nh_otp.once.models import OnceMismatch
from nh_otp.outbox.models import OutboxMessage
from tests.factories.cast import Cast, acting, branch, customer, entity, held_device, staff


def test_a_teller_stops_a_lost_device_in_the_transaction_of_the_report(cast: Cast) -> None:
    report = report_loss(
        by=cast.at_the_desk, customer_ref=cast.customer.pk, devices=[cast.old_device.pk], kind=LossKind.LOST
    )

    cast.old_device.refresh_from_db()
    assert cast.old_device.state == DeviceState.SUSPENDED
    assert report.number.startswith("L-")
    assert [line.suspended for line in report.lines.all()] == [True]


def test_the_database_makes_the_time_of_receipt_and_lets_nobody_change_it(cast: Cast) -> None:
    report = cast.reported()

    report.refresh_from_db()
    assert abs(timezone.now() - report.received_at) < timedelta(seconds=5)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        LossReport.objects.filter(pk=report.pk).update(place="집")


def test_a_report_leaves_one_entry_and_tells_centre_first_and_customer(cast: Cast) -> None:
    report = cast.reported()

    (entry,) = AuditRow.objects.filter(action="loss.reported")
    assert entry.outcome == "DONE"
    assert ["LossReport", report.ref] in entry.subjects
    assert ["Device", cast.old_device.ref] in entry.subjects
    assert entry.facts["suspended"] == 1
    messages = {m.task: m for m in OutboxMessage.objects.all()}
    assert messages["devices.tasks.tell_centre"].content["verb"] == CentreVerb.SUSPEND
    assert messages["devices.tasks.tell_centre"].urgent
    assert set(messages) == {"devices.tasks.tell_centre", "branches.tasks.send_notice"}


def test_a_second_report_of_a_stopped_device_is_taken_and_stops_nothing_again(cast: Cast) -> None:
    cast.reported()

    second = cast.reported()

    assert [line.suspended for line in second.lines.all()] == [False]
    assert OutboxMessage.objects.filter(task="devices.tasks.tell_centre").count() == 1


def test_a_device_of_another_customer_is_not_stopped(cast: Cast) -> None:
    other = held_device(customer(at=cast.home, name="박지훈"))

    with pytest.raises(NotHeld):
        report_loss(by=cast.at_the_desk, customer_ref=cast.customer.pk, devices=[other.pk], kind=LossKind.LOST)

    other.refresh_from_db()
    assert other.state == DeviceState.IN_USE
    assert LossReport.objects.count() == 0
    assert OutboxMessage.objects.count() == 0
    assert AuditRow.objects.get(action="loss.reported").outcome == "REFUSED"


def test_a_report_naming_no_device_is_refused(cast: Cast) -> None:
    with pytest.raises(NotHeld):
        report_loss(by=cast.at_the_desk, customer_ref=cast.customer.pk, devices=[], kind=LossKind.LOST)

    assert LossReport.objects.count() == 0


def test_another_entity_does_not_know_the_customer(cast: Cast) -> None:
    elsewhere = staff(Role.TELLER, at=branch("900001", of=entity("900")))

    with pytest.raises(NotFound):
        report_loss(
            by=acting(elsewhere), customer_ref=cast.customer.pk, devices=[cast.old_device.pk], kind=LossKind.LOST
        )

    cast.old_device.refresh_from_db()
    assert cast.old_device.state == DeviceState.IN_USE


def test_an_auditor_may_not_report_a_loss(cast: Cast) -> None:
    auditor = staff(Role.AUDITOR, at=cast.home)

    with pytest.raises(NotAllowed):
        report_loss(by=acting(auditor), customer_ref=cast.customer.pk, devices=[cast.old_device.pk], kind=LossKind.LOST)

    assert LossReport.objects.count() == 0
    assert AuditRow.objects.get().code == "not_allowed"


def test_a_claimed_time_in_the_future_is_refused_with_the_constraints_own_sentence(cast: Cast) -> None:
    with pytest.raises(Conflict, match="사고 시각이 접수 시각보다 늦습니다") as refusal:
        report_loss(
            by=cast.at_the_desk,
            customer_ref=cast.customer.pk,
            devices=[cast.old_device.pk],
            kind=LossKind.LOST,
            claimed_at=timezone.now() + timedelta(days=1),
        )

    assert refusal.value.code == "rule.loss_report_claim_not_later"
    cast.old_device.refresh_from_db()
    assert cast.old_device.state == DeviceState.IN_USE


def test_the_same_request_sent_twice_makes_one_report(cast: Cast) -> None:
    once = Once(uuid4(), "body")

    first, second = (
        report_loss(
            by=cast.at_the_desk,
            customer_ref=cast.customer.pk,
            devices=[cast.old_device.pk],
            kind=LossKind.LOST,
            once=once,
        )
        for _ in range(2)
    )

    assert first == second
    assert LossReport.objects.count() == 1
    assert AuditRow.objects.count() == 1


def test_one_key_with_another_body_is_refused(cast: Cast) -> None:
    key = uuid4()
    asked: dict[str, Any] = {"customer_ref": cast.customer.pk, "devices": [cast.old_device.pk], "kind": LossKind.LOST}
    report_loss(by=cast.at_the_desk, **asked, once=Once(key, "one"))

    with pytest.raises(OnceMismatch) as refusal:
        report_loss(by=cast.at_the_desk, **asked, once=Once(key, "other"))

    assert refusal.value.code == "once.other_body"
    assert LossReport.objects.count() == 1
