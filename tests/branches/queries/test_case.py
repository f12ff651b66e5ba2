"""Which task of a case is open, for whom, and what the page says."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from branches.commands.approval import return_case, withdraw_case
from branches.models import IdentityCheck, ReissueCase, ReturnReason
from branches.queries.case import case_page, case_version
from branches.queries.cases import PAGE, case_list
from branches.queries.counter import home_page
from branches.queries.rows.case import CasePage, TaskState
from branches.states import CaseState
from devices.models import CheckOutcome, CodeCheck
from nh_otp.access import Role
from nh_otp.errors import NotAllowed, NotFound
from tests.factories.cast import Cast, acting, branch, customer, device, held_device, staff


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


def page_of(case: ReissueCase, cast: Cast, *, task: int | None = None) -> CasePage:
    return case_page(case.pk, by=cast.at_the_desk, at=timezone.now(), task=task)


def current(page: CasePage) -> int | None:
    return next((task.number for task in page.tasks if task.state is TaskState.CURRENT), None)


def test_a_new_case_asks_for_identity_first_and_lets_papers_and_device_come_before(cast: Cast) -> None:
    page = page_of(cast.opened(), cast)

    assert current(page) == 1
    assert [task.number for task in page.tasks if task.can_start] == [3, 4]
    assert [task.number for task in page.tasks if task.state is TaskState.DONE] == [2]
    assert page.identity is not None and page.paperwork is None


def test_another_task_may_be_opened_but_not_one_that_has_to_wait(cast: Cast) -> None:
    case = cast.opened()

    assert current(page_of(case, cast, task=3)) == 3
    assert current(page_of(case, cast, task=5)) == 1
    assert current(page_of(case, cast, task=8)) == 1


def test_a_prepared_case_may_be_submitted_and_its_tasks_done_again(cast: Cast) -> None:
    case = cast.prepared()

    page = page_of(case, cast)

    assert current(page) == 5
    assert page.approval is not None and page.approval.ready
    assert [task.number for task in page.tasks if task.can_start] == [1, 3, 4]
    assert current(page_of(case, cast, task=1)) == 1


def test_yesterdays_identity_check_does_not_count_today(cast: Cast) -> None:
    case = cast.prepared()
    IdentityCheck.objects.update(checked_at=timezone.now() - timedelta(days=1))

    assert current(page_of(case, cast)) == 1


def test_a_waiting_case_polls_with_its_place_in_the_queue(cast: Cast) -> None:
    case = cast.submitted()

    page = page_of(case, cast)

    assert page.polls and page.approval is not None
    assert page.approval.ahead == 0
    assert page.approval.deciders == ("이하늘 계장",)
    assert page.version == case_version(case.pk, by=cast.at_the_desk)


def test_a_returned_case_shows_the_reason_and_another_version(cast: Cast) -> None:
    case = cast.submitted()
    before = case_version(case.pk, by=cast.at_the_desk)
    return_case(by=cast.in_charge, case_ref=case.pk, reason=ReturnReason.SIGNATURE_MISSING)

    page = page_of(case, cast)

    assert page.version != before
    assert page.approval is not None and page.approval.returned is not None
    assert page.approval.returned.reason == "서명 없음"


def test_a_withdrawn_case_is_told_in_the_record_newest_first(cast: Cast) -> None:
    case = cast.submitted()
    withdraw_case(by=cast.at_the_desk, case_ref=case.pk)

    titles = [row.title for row in page_of(case, cast).timeline]

    assert titles == ["승인 요청 거둠", "승인 요청", "기기 배정", "서류·수수료 확인", "재발급 시작", "사고신고"]


def test_the_fee_comes_before_the_code(cast: Cast) -> None:
    case = cast.approved()
    paid = page_of(case, cast)
    ReissueCase.objects.filter(pk=case.pk).update(fee_state="AGREED")

    due = page_of(case, cast)

    assert paid.code is not None and paid.fee is None and paid.code.tries_left == 3
    assert due.fee is not None and due.code is None and due.fee.amount == 5000
    assert current(paid) == current(due) == 6


def test_a_standing_verification_opens_the_registration_until_it_is_too_old(cast: Cast) -> None:
    case = cast.approved()
    check = CodeCheck.objects.create(
        device=cast.new_device,
        case=case,
        once=uuid.uuid4(),
        outcome=CheckOutcome.MATCH,
        step=1,
        claimed_at=timezone.now(),
    )

    standing = page_of(case, cast)
    CodeCheck.objects.filter(pk=check.pk).update(claimed_at=timezone.now() - timedelta(minutes=16))
    old = page_of(case, cast)

    assert current(standing) == 7 and standing.registration is not None
    assert current(old) == 6 and old.code is not None


def test_whoever_does_not_run_the_case_gets_no_form_and_no_serial(cast: Cast) -> None:
    case = cast.prepared()

    page = case_page(case.pk, by=cast.in_charge, at=timezone.now(), task=1)

    assert page.held_by == "이하늘 계장"
    assert page.cancel_reasons == ()
    assert (page.identity, page.paperwork, page.device, page.approval) == (None, None, None, None)
    assert str(page.exchange.new_serial) == f"…{cast.new_device.serial[-4:]}"


def test_another_branch_or_role_gets_no_page(cast: Cast) -> None:
    case = cast.prepared()
    stranger, custodian = staff(Role.TELLER, at=branch("009999")), staff(Role.CUSTODIAN, at=cast.home)

    with pytest.raises(NotFound):
        case_page(case.pk, by=acting(stranger), at=timezone.now())
    with pytest.raises(NotAllowed):
        case_page(case.pk, by=acting(custodian), at=timezone.now())


def test_a_long_list_is_read_page_by_page_without_gaps_or_repeats(cast: Cast) -> None:
    moment = timezone.now()
    for number in range(PAGE + 5):
        person = customer(at=cast.home)
        ReissueCase.objects.create(
            number=f"RI-{number}",
            branch=cast.home,
            customer=person,
            reason="LOST",
            kind="TOKEN",
            state=CaseState.IN_PROGRESS,
            owner=cast.teller,
            opened_at=moment,
        )

    first = case_list(by=cast.at_the_desk, at=moment)
    second = case_list(by=cast.at_the_desk, at=moment, after=first.after)

    assert len(first.rows) == PAGE and len(second.rows) == 5 and second.after == ""
    assert len({row.ref for row in (*first.rows, *second.rows)}) == PAGE + 5


def test_a_list_is_narrowed_to_a_state_or_to_the_own_cases(cast: Cast) -> None:
    cast.submitted()
    now = timezone.now()

    assert len(case_list(by=cast.at_the_desk, at=now, state="AWAITING_APPROVAL").rows) == 1
    assert len(case_list(by=cast.at_the_desk, at=now, state="APPROVED").rows) == 0
    assert len(case_list(by=cast.at_the_desk, at=now, state="mine").rows) == 1
    assert len(case_list(by=cast.in_charge, at=now, state="mine").rows) == 0
    assert case_list(by=cast.at_the_desk, at=now, state="nonsense").state == ""


def test_the_home_page_begins_with_whom_the_teller_serves_and_counts_the_till(cast: Cast) -> None:
    waiting = cast.submitted()
    cast.customer = customer(at=cast.home, name="이몽룡")
    cast.old_device, cast.new_device = held_device(cast.customer), device(at=cast.home, till=cast.teller)
    serving = cast.opened()

    page = home_page(by=cast.at_the_desk, at=timezone.now())

    assert [row.ref for row in page.todo] == [serving.pk, waiting.pk]
    assert [row.serving for row in page.todo] == [True, False]
    assert [row.next_step for row in page.todo] == ["본인확인", "승인 상태 보기"]
    assert [(row.kind, row.in_till, row.in_branch, row.short) for row in page.till] == [("토큰형", 1, 1, True)]
    assert page.today.completed == 0 and page.today.average_seconds is None


def test_the_home_page_keeps_its_version_while_only_the_clock_moves(cast: Cast) -> None:
    cast.opened()
    now = timezone.now()

    soon = home_page(by=cast.at_the_desk, at=now + timedelta(minutes=3))

    assert home_page(by=cast.at_the_desk, at=now).version == soon.version
