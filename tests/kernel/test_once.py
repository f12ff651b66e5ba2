from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from branches.commands.loss import report_loss
from branches.models import LegalEntity, LossKind, LossReport
from devices.custody import NotHeld
from nh_otp.access import Actor, Once, Permission, Role
from nh_otp.audit.models import AuditRow
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import Busy, NotFound
from nh_otp.once.models import OnceKey, OnceMismatch
from tests.databases import Clone, race
from tests.factories.cast import Cast, acting, entity, staff

CLOCK = Actor.system("clock")


def reported(cast: Cast, once: Once, *, devices: list[UUID] | None = None) -> LossReport:
    return report_loss(
        by=cast.at_the_desk,
        customer_ref=cast.customer.pk,
        devices=[cast.old_device.pk] if devices is None else devices,
        kind=LossKind.LOST,
        once=once,
    )


def test_one_key_gives_one_effect_and_the_same_answer(cast: Cast) -> None:
    once = Once(uuid4(), "body")

    first, second = reported(cast, once), reported(cast, once)

    assert first == second
    assert LossReport.objects.count() == 1
    assert AuditRow.objects.count() == 1
    assert OnceKey.objects.count() == 1


def test_a_refusal_is_remembered_with_its_code_and_words_and_filed_once(cast: Cast) -> None:
    once = Once(uuid4(), "body")

    answers = []
    for _ in range(2):
        with pytest.raises(NotFound) as refusal:
            reported(cast, once, devices=[])
        answers.append((refusal.value.code, refusal.value.message))

    assert answers == [(NotHeld.code, NotHeld.message)] * 2
    assert AuditRow.objects.count() == 1
    assert LossReport.objects.count() == 0


def test_a_refusal_stays_the_answer_when_the_way_is_free_again(cast: Cast) -> None:
    once = Once(uuid4(), "body")
    with pytest.raises(NotFound):
        reported(cast, once, devices=[])

    with pytest.raises(NotFound):
        reported(cast, once)

    assert LossReport.objects.count() == 0


def test_one_key_with_another_body_is_refused_and_changes_no_memory(cast: Cast) -> None:
    key = uuid4()
    first = reported(cast, Once(key, "one"))

    with pytest.raises(OnceMismatch):
        reported(cast, Once(key, "other"))

    assert reported(cast, Once(key, "one")) == first
    assert [row.outcome for row in AuditRow.objects.order_by("at")] == ["DONE", "REFUSED"]


def test_one_key_for_another_action_is_refused(cast: Cast) -> None:
    once = Once(uuid4(), "body")
    reported(cast, once)

    @command(action="test.acted", needs=Permission.REPORT_LOSS)
    def act(trail: Trail, *, by: Actor, once: Once | None = None) -> None:
        trail.about(entity("777"))

    with pytest.raises(OnceMismatch):
        act(by=cast.at_the_desk, once=once)

    assert not LegalEntity.objects.filter(code="777").exists()


def test_the_keys_of_two_people_do_not_meet(cast: Cast) -> None:
    once, colleague = Once(uuid4(), "body"), acting(staff(Role.TELLER, at=cast.home))
    first = reported(cast, once)

    second = report_loss(
        by=colleague, customer_ref=cast.customer.pk, devices=[cast.old_device.pk], kind=LossKind.LOST, once=once
    )

    assert first != second
    assert OnceKey.objects.count() == 2


def test_who_is_told_to_wait_may_send_the_same_request_again(db: None) -> None:
    once, calls = Once(uuid4(), "body"), iter([True, False])

    @command(action="test.acted", needs=Permission.RUN_CLOCK)
    def act(trail: Trail, *, by: Actor, once: Once | None = None) -> LegalEntity:
        if next(calls):
            raise Busy()
        trail.about(made := entity("777"))
        return made

    with pytest.raises(Busy):
        act(by=CLOCK, once=once)

    assert act(by=CLOCK, once=once) == act(by=CLOCK, once=once) == entity("777")


def test_a_command_that_answers_nothing_is_still_done_once(db: None) -> None:
    once, calls = Once(uuid4(), "body"), []

    @command(action="test.acted", needs=Permission.RUN_CLOCK)
    def act(trail: Trail, *, by: Actor, once: Once | None = None) -> None:
        calls.append(1)
        trail.about(entity("777"))

    act(by=CLOCK, once=once)
    act(by=CLOCK, once=once)

    assert calls == [1]


def test_a_mistake_of_ours_leaves_the_key_free(db: None) -> None:
    once, calls = Once(uuid4(), "body"), iter([0, 1])

    @command(action="test.acted", needs=Permission.RUN_CLOCK)
    def act(trail: Trail, *, by: Actor, once: Once | None = None) -> LegalEntity:
        trail.about(made := entity("777"))
        _ = 1 // next(calls)
        return made

    with pytest.raises(ZeroDivisionError):
        act(by=CLOCK, once=once)

    assert act(by=CLOCK, once=once) == entity("777")


def test_what_was_made_and_is_gone_is_not_found(db: None) -> None:
    once = Once(uuid4(), "body")

    @command(action="test.acted", needs=Permission.RUN_CLOCK)
    def act(trail: Trail, *, by: Actor, once: Once | None = None) -> LegalEntity:
        trail.about(made := entity("777"))
        return made

    act(by=CLOCK, once=once).delete()

    with pytest.raises(NotFound):
        act(by=CLOCK, once=once)


def test_a_key_says_when_it_was_sent(cast: Cast) -> None:
    reported(cast, Once(uuid4(), "body"))

    at: datetime = OnceKey.objects.get().at
    assert abs(timezone.now() - at) < timedelta(seconds=5)


def test_fifty_twins_at_one_moment_have_one_effect_and_equal_answers(clone: Clone) -> None:
    cast, once = Cast(), Once(uuid4(), "body")

    answers = race(*[lambda: reported(cast, once)] * 50)

    assert {type(answer) for answer in answers} == {LossReport}
    assert len({answer.pk for answer in answers if isinstance(answer, LossReport)}) == 1
    assert LossReport.objects.count() == 1
    assert AuditRow.objects.count() == 1


def test_fifty_twins_that_are_refused_get_fifty_equal_refusals(clone: Clone) -> None:
    cast, once = Cast(), Once(uuid4(), "body")

    answers = race(*[lambda: reported(cast, once, devices=[])] * 50)

    assert {getattr(answer, "code", None) for answer in answers} == {NotHeld.code}
    assert LossReport.objects.count() == 0


def test_one_key_with_fifty_bodies_has_one_effect(clone: Clone) -> None:
    cast, key = Cast(), uuid4()

    answers = race(*[lambda n=n: reported(cast, Once(key, str(n))) for n in range(50)])

    assert sum(isinstance(answer, LossReport) for answer in answers) == 1
    assert sum(isinstance(answer, OnceMismatch) for answer in answers) == 49
    assert LossReport.objects.count() == 1


def test_a_new_role_does_not_inherit_the_answers_of_the_old_one(cast: Cast) -> None:
    once = Once(uuid4(), "body")
    reported(cast, once)

    report_loss(
        by=replace(cast.at_the_desk, role=Role.SUPERVISOR),
        customer_ref=cast.customer.pk,
        devices=[cast.old_device.pk],
        kind=LossKind.LOST,
        once=once,
    )

    assert LossReport.objects.count() == 2
