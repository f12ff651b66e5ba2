from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from branches.commands.notice import record_notice
from branches.models import Notice, NoticeTemplate
from branches.queries.notices import WORDS, words
from branches.tasks import send_notice
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.audit.models import AuditRow
from nh_otp.gateways.simulators.sms import SmsSimulator
from nh_otp.outbox.models import OutboxMessage
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast

SMS = Actor.system("sms")


@pytest.fixture
def message(cast: Cast) -> OutboxMessage:
    cast.reported()
    return OutboxMessage.objects.get(task="branches.tasks.send_notice")


def test_a_text_that_was_accepted_is_on_record_and_settles_its_message(cast: Cast, message: OutboxMessage) -> None:
    send_notice(message_id=str(message.pk))

    notice = Notice.objects.get()
    message.refresh_from_db()
    assert (notice.message, notice.customer, notice.template) == (
        message.pk,
        cast.customer,
        NoticeTemplate.LOSS_RECEIVED,
    )
    assert message.done_at is not None
    assert AuditRow.objects.get(action="notice.sent").facts == {"template": "LOSS_RECEIVED", "receipt": notice.receipt}


def test_a_message_delivered_three_times_is_one_notice(cast: Cast, message: OutboxMessage) -> None:
    for _ in range(3):
        send_notice(message_id=str(message.pk))

    assert Notice.objects.count() == 1
    assert AuditRow.objects.filter(action="notice.sent").count() == 1


def test_a_twin_that_comes_late_records_nothing(cast: Cast, message: OutboxMessage) -> None:
    send_notice(message_id=str(message.pk))

    record_notice(
        by=SMS,
        message=message.pk,
        customer_ref=cast.customer.pk,
        template=NoticeTemplate.LOSS_RECEIVED,
        receipt="S-late",
    )

    assert Notice.objects.get().receipt != "S-late"
    assert AuditRow.objects.filter(action="notice.sent").count() == 1


def test_a_gateway_that_is_down_is_asked_again_later(cast: Cast, message: OutboxMessage) -> None:
    sms = gateways.sms()
    assert isinstance(sms, SmsSimulator)
    sms.behaviour.switch({"mode": "down"})

    try:
        send_notice(message_id=str(message.pk))
    finally:
        sms.behaviour.switch({"mode": "normal"})

    message.refresh_from_db()
    assert (message.done_at, message.dead_at) == (None, None)
    assert message.last_error
    assert message.available_at > timezone.now() - timedelta(seconds=1)
    assert Notice.objects.count() == 0


def test_a_message_nobody_knows_is_let_go(cast: Cast) -> None:
    send_notice(message_id=str(uuid4()))

    assert Notice.objects.count() == 0


def test_only_the_system_records_a_notice(cast: Cast, message: OutboxMessage) -> None:
    with refused("not_allowed"):
        record_notice(
            by=cast.at_the_desk,
            message=message.pk,
            customer_ref=cast.customer.pk,
            template=NoticeTemplate.LOSS_RECEIVED,
            receipt="S-1",
        )


@pytest.mark.parametrize("template", NoticeTemplate)
def test_a_notice_holds_a_number_and_nothing_of_the_person(template: NoticeTemplate) -> None:
    assert set(WORDS) == set(NoticeTemplate)
    assert words(template, number="L-261123-000001").count("L-261123-000001") == 1
