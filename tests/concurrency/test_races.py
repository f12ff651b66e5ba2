"""Two people at one moment: exactly one of them gets the thing, and the other is told why. Real commits."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from django.db import close_old_connections
from django.utils import timezone

from branches.commands.approval import approve_case, lapse_request, return_case, withdraw_case
from branches.commands.first_code import register_case
from branches.commands.loss import report_loss
from branches.commands.reissue import assign_device, cancel_case, open_case
from branches.models import Approval, LossKind, LossReport, Reason, ReissueCase, ReturnReason
from branches.states import ApprovalState, CaseState
from devices.models import Device, Holding
from devices.states import HELD, DeviceState
from nh_otp.access import Actor, Once, Role
from nh_otp.audit.models import AuditRow
from nh_otp.errors import DomainError
from nh_otp.outbox.models import OutboxMessage
from tests.branches.api.program import Program
from tests.databases import Clone, race
from tests.factories.cast import Cast, acting, customer, device, held_device, staff

ROUNDS = 12


def codes(answers: Sequence[object]) -> Counter[str]:
    """How the calls ended: "done", or the code of the refusal; anything else fails the test."""
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, DomainError):
            raise answer
    return Counter(answer.code if isinstance(answer, DomainError) else "done" for answer in answers)


def fresh(cast: Cast) -> Cast:
    """The same branch with another customer and other devices."""
    close_old_connections()
    cast.customer = customer(at=cast.home)
    cast.old_device, cast.new_device = held_device(cast.customer), cast.another_device()
    return cast


def test_two_supervisors_make_one_decision(clone: Clone) -> None:
    cast = Cast()
    colleague = acting(staff(Role.SUPERVISOR, at=cast.home))

    for _ in range(ROUNDS):
        case = fresh(cast).submitted()
        seen, first = cast.seen(case), cast.in_charge
        answers = race(
            partial(approve_case, by=first, case_ref=case.pk, seen=seen),
            partial(return_case, by=colleague, case_ref=case.pk, reason=ReturnReason.SIGNATURE_MISSING),
        )

        assert codes(answers) == {"done": 1, "approval.already_decided": 1}
        request = Approval.objects.get(case=case)
        assert request.state in (ApprovalState.APPROVED, ApprovalState.RETURNED)
        assert AuditRow.about("Approval", request.ref).filter(outcome="DONE").count() == 2


def test_maker_decider_and_clock_end_one_request_once(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        case = fresh(cast).submitted()
        request, seen, teller, boss = Approval.objects.get(case=case), cast.seen(case), cast.at_the_desk, cast.in_charge
        answers = race(
            partial(withdraw_case, by=teller, case_ref=case.pk),
            partial(approve_case, by=boss, case_ref=case.pk, seen=seen),
            partial(lapse_request, by=Actor.system("clock"), approval=request.pk, at=request.lapses_at),
        )

        codes(answers)
        request.refresh_from_db()
        case.refresh_from_db()
        expected = CaseState.APPROVED if request.state == ApprovalState.APPROVED else CaseState.IN_PROGRESS
        assert (request.state != ApprovalState.PENDING, case.state) == (True, expected)
        done = AuditRow.about("Approval", request.ref).filter(outcome="DONE")
        assert done.count() == 2


def test_two_tellers_get_one_serial_once(clone: Clone) -> None:
    cast = Cast()
    by = cast.at_the_desk

    for _ in range(ROUNDS):
        one = fresh(cast).opened()
        other = fresh(cast).opened()
        wanted = device(at=cast.home, till=cast.teller)
        answers = race(
            *[partial(assign_device, by=by, case_ref=case.pk, serial=wanted.serial) for case in (one, other)]
        )

        assert codes(answers) == {"done": 1, "device.already_assigned": 1}
        assert ReissueCase.objects.filter(new_device=wanted).count() == 1


def test_two_tellers_open_one_case_for_one_customer(clone: Clone) -> None:
    cast = Cast()
    tellers = [acting(staff(Role.TELLER, at=cast.home)) for _ in range(4)]

    for _ in range(ROUNDS):
        fresh(cast).reported()
        ref, old = cast.customer.pk, cast.old_device.pk
        answers = race(
            *[partial(open_case, by=teller, customer_ref=ref, reason=Reason.LOST, old_device=old) for teller in tellers]
        )

        assert codes(answers) == {"done": 1, "rule.reissue_one_open_per_customer": 3}
        assert ReissueCase.objects.filter(customer_id=ref).count() == 1


def test_a_loss_report_and_a_registration_leave_no_reported_device_alive(clone: Clone) -> None:
    """The new device is reported stolen the very moment it is registered: whoever is first, the end is right."""
    cast = Cast()

    for _ in range(ROUNDS):
        case = fresh(cast).approved()
        cast.verified(case)
        by, ref, new, old = cast.at_the_desk, cast.customer.pk, cast.new_device.pk, cast.old_device.pk
        registered, reported = race(
            partial(register_case, by=by, case_ref=case.pk),
            partial(report_loss, by=by, customer_ref=ref, devices=[new], kind=LossKind.STOLEN),
        )

        assert isinstance(registered, ReissueCase)
        stopped = isinstance(reported, LossReport)
        assert stopped or codes([reported]) == {"device.not_held": 1}
        states = {thing.pk: thing.state for thing in Device.objects.filter(pk__in=[new, old])}
        assert states == {new: DeviceState.SUSPENDED if stopped else DeviceState.IN_USE, old: DeviceState.RETIRED}


def test_the_old_device_is_retired_once_however_often_it_is_reported(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        case = fresh(cast).approved()
        cast.verified(case)
        by, ref, old = cast.at_the_desk, cast.customer.pk, cast.old_device.pk
        answers = race(
            *[partial(register_case, by=by, case_ref=case.pk)] * 3,
            *[partial(report_loss, by=by, customer_ref=ref, devices=[old], kind=LossKind.LOST)] * 3,
        )

        assert codes(answers)["done"] >= 3
        assert codes(answers[:3]) == {"done": 3}
        assert Holding.objects.filter(customer_id=ref, ended_at=None).count() == 1
        assert Device.objects.filter(holdings__customer_id=ref, state__in=HELD).count() == 1
        assert AuditRow.about("ReissueCase", case.ref).filter(action="reissue.registered").count() == 1
        assert OutboxMessage.objects.filter(content={"device": str(old), "verb": "RETIRE"}).count() == 1


def test_a_case_is_registered_or_cancelled_and_never_both(clone: Clone) -> None:
    cast = Cast()

    for _ in range(ROUNDS):
        case = fresh(cast).approved()
        cast.verified(case)
        by = cast.at_the_desk
        answers = race(
            partial(register_case, by=by, case_ref=case.pk),
            partial(cancel_case, by=by, case_ref=case.pk, reason="CUSTOMER"),
        )

        assert codes(answers)["done"] == 1
        case.refresh_from_db()
        new = Device.objects.get(pk=cast.new_device.pk)
        assert (case.state, new.state) in {
            (CaseState.REGISTERED, DeviceState.IN_USE),
            (CaseState.CANCELLED, DeviceState.QUARANTINED),
        }


def test_fifty_equal_requests_open_one_case_and_get_one_answer(clone: Clone) -> None:
    cast = Cast()
    cast.reported()
    by, once = cast.at_the_desk, Once(uuid4(), "body")

    answers = race(
        *[
            partial(
                open_case,
                by=by,
                customer_ref=cast.customer.pk,
                reason=Reason.LOST,
                old_device=cast.old_device.pk,
                once=once,
            )
        ]
        * 50
    )

    assert codes(answers) == {"done": 50}
    assert len({answer.pk for answer in answers if isinstance(answer, ReissueCase)}) == 1
    assert ReissueCase.objects.count() == 1
    assert AuditRow.objects.filter(action="reissue.opened").count() == 1


def test_thirty_equal_posts_through_the_door_get_one_effect_and_equal_answers(clone: Clone) -> None:
    cast, key = Cast(), uuid4()
    cast.reported()
    opening = {"customer_ref": cast.customer.pk, "reason": "LOST", "old_device": cast.old_device.pk}
    programs = [Program.of(cast.teller) for _ in range(30)]

    answers = race(*[partial(program.post, "/cases", opening, key=key) for program in programs])

    assert [answer for answer in answers if isinstance(answer, BaseException)] == []
    assert answers == [answers[0]] * 30
    assert ReissueCase.objects.count() == 1


def test_tellers_who_swap_devices_do_not_block_each_other_for_long(clone: Clone) -> None:
    cast = Cast()
    by, began = cast.at_the_desk, timezone.now()
    first, second = fresh(cast).opened(), fresh(cast).opened()
    one, other = sorted([cast.another_device(), cast.another_device()], key=lambda thing: thing.pk)

    for _ in range(ROUNDS):
        answers = race(
            partial(assign_device, by=by, case_ref=first.pk, serial=one.serial),
            partial(assign_device, by=by, case_ref=second.pk, serial=other.serial),
            partial(assign_device, by=by, case_ref=first.pk, serial=other.serial),
            partial(assign_device, by=by, case_ref=second.pk, serial=one.serial),
        )
        assert set(codes(answers)) <= {"done", "device.already_assigned", "busy"}

    assert (timezone.now() - began).total_seconds() < 15
    held = ReissueCase.objects.filter(pk__in=[first.pk, second.pk]).exclude(new_device=None)
    reserved = Device.objects.filter(state=DeviceState.RESERVED, pk__in=[one.pk, other.pk])
    assert {case.new_device_id for case in held} == {thing.pk for thing in reserved}
