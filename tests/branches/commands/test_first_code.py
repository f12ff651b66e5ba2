from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from branches.commands.approval import approve_case
from branches.commands.first_code import grant_tries
from branches.commands.reissue import hand_over
from branches.errands.first_code import FirstCode, first_code, two_codes
from branches.models import ReissueCase
from branches.states import CaseState
from devices.models import CodeCheck, Counter, DeskTries
from nh_otp.access import Actor, Once, Role
from nh_otp.audit.models import AuditRow
from nh_otp.errors import DomainError
from nh_otp.gateways.otp_verifier import Outcome
from tests.branches.commands.coded import Coded
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff


@dataclass
class Table:
    """An approved and paid case, with the device that belongs to it."""

    cast: Cast
    coded: Coded
    case: ReissueCase

    @property
    def right(self) -> str:
        return self.coded.shows(self.case).code(timezone.now())

    @property
    def wrong(self) -> str:
        return self.coded.shows(self.case).wrong(timezone.now())

    def says(self, code: str, *, once: Once | None = None, by: Actor | None = None) -> FirstCode:
        return first_code(by=by or self.cast.at_the_desk, case_ref=self.case.pk, code=code, once=once)


@pytest.fixture
def table(cast: Cast) -> Table:
    coded = Coded(cast)
    return Table(cast, coded, cast.approved())


def test_the_right_code_registers_the_device(table: Table) -> None:
    told = table.says(table.right)

    assert told.verdict.outcome is Outcome.MATCH
    assert told.case.state == CaseState.REGISTERED
    check = CodeCheck.objects.get()
    assert (told.case.verification, check.outcome) == (check, "MATCH")
    assert check.consumed_at is not None


def test_asking_and_registering_are_two_entries_and_no_entry_holds_the_code(table: Table) -> None:
    code = table.right
    table.says(code)

    entries = AuditRow.objects.filter(at__gte=timezone.now() - timedelta(minutes=1)).order_by("-at")[:2]
    assert [entry.action for entry in entries] == ["reissue.registered", "first_code.asked"]
    assert not any(f'"{code}"' in entry.entry for entry in AuditRow.objects.all())


def test_a_wrong_code_is_an_answer_and_costs_a_try(table: Table) -> None:
    told = table.says(table.wrong)

    assert (told.verdict.outcome, told.verdict.tries_left) == (Outcome.WRONG, 2)
    assert told.case.state == CaseState.APPROVED
    entry = AuditRow.objects.get(action="first_code.refused")
    assert (entry.outcome, entry.facts) == ("DONE", {"answer": "WRONG", "tries_left": 2})


def test_after_three_wrong_codes_even_the_right_one_is_not_looked_at(table: Table) -> None:
    for _ in range(3):
        table.says(table.wrong)

    told = table.says(table.right)

    assert (told.verdict.outcome, told.verdict.tries_left) == (Outcome.TRIES_USED, 0)
    assert told.case.state == CaseState.APPROVED
    assert DeskTries.objects.get().claimed == 3


def test_a_code_far_off_in_time_is_told_as_drift(table: Table) -> None:
    code = table.coded.shows(table.case).code(timezone.now(), steps=30)

    assert table.says(code).verdict.outcome is Outcome.DRIFTED


def test_a_code_that_was_used_is_told_as_used(table: Table) -> None:
    code = table.right
    Counter.objects.update(last_step=int(timezone.now().timestamp()) // 60 + 1)

    assert table.says(code).verdict.outcome is Outcome.REUSED


def test_the_same_request_sent_twice_costs_one_try_and_gets_the_same_answer(table: Table) -> None:
    once, code = Once(uuid4(), "body"), table.wrong

    first, second = table.says(code, once=once), table.says(code, once=once)

    assert first.verdict == second.verdict
    assert (first.verdict.outcome, first.verdict.tries_left) == (Outcome.WRONG, 2)
    assert DeskTries.objects.get().claimed == 1


def test_the_same_right_request_sent_twice_registers_once(table: Table) -> None:
    once, code = Once(uuid4(), "body"), table.right

    first, second = table.says(code, once=once), table.says(code, once=once)

    assert first.case == second.case
    assert (first.verdict.outcome, second.verdict.outcome) == (Outcome.MATCH, Outcome.MATCH)
    assert AuditRow.objects.filter(action="reissue.registered").count() == 1


def test_the_same_right_request_gets_its_answer_even_after_the_hand_over(table: Table) -> None:
    once, code = Once(uuid4(), "body"), table.right
    first = table.says(code, once=once)
    hand_over(by=table.cast.at_the_desk, case_ref=table.case.pk, signed=True)

    again = table.says(code, once=once)

    assert (again.verdict.outcome, again.case) == (first.verdict.outcome, first.case)
    assert again.case.state == CaseState.COMPLETED
    assert AuditRow.objects.filter(action="reissue.registered").count() == 1


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "１２３４５６", " 123456", "123456\n", "+12345"])
def test_what_no_device_can_show_is_refused_before_anything_is_asked(table: Table, text: str) -> None:
    entries = AuditRow.objects.count()

    with pytest.raises(DomainError) as refusal:
        table.says(text)

    assert refusal.value.code == "first_code.malformed"
    assert AuditRow.objects.count() == entries
    assert DeskTries.objects.count() == 0


def test_a_code_of_the_other_length_costs_no_try(table: Table) -> None:
    with pytest.raises(DomainError) as refusal:
        table.says("12345678")

    assert refusal.value.code == "first_code.malformed"
    assert DeskTries.objects.count() == 0


def test_the_fee_comes_before_the_code(cast: Cast) -> None:
    coded, case = Coded(cast), cast.submitted()
    approve_case(by=cast.in_charge, case_ref=case.pk, seen=cast.seen(case))

    with refused("first_code.fee_first"):
        Table(cast, coded, case).says("123456")


def test_the_approval_comes_before_the_code(cast: Cast) -> None:
    coded, case = Coded(cast), cast.submitted()

    with refused("first_code.not_approved"):
        Table(cast, coded, case).says("123456")


def test_a_colleague_does_not_verify(table: Table) -> None:
    with refused("reissue.not_yours"):
        table.says("123456", by=acting(staff(Role.TELLER, at=table.cast.home)))


def test_a_teller_of_another_branch_does_not_see_the_case(table: Table) -> None:
    with refused("not_found"):
        table.says("123456", by=acting(staff(Role.TELLER, at=branch("001299"))))


def test_a_registered_case_asks_for_no_second_code(table: Table) -> None:
    table.says(table.right)

    with refused("first_code.not_approved"):
        table.says("123456")


def test_a_supervisor_does_not_verify(table: Table) -> None:
    with refused("not_allowed"):
        table.says("123456", by=table.cast.in_charge)


# a clock that is off, and tries that are used up


def corrected(table: Table, *, steps: int) -> FirstCode:
    here, at = table.coded.shows(table.case), timezone.now()
    first, second = (here.code(at, steps=steps + each) for each in (-1, 0))
    return two_codes(by=table.cast.at_the_desk, case_ref=table.case.pk, first=first, second=second)


def used_up(table: Table) -> None:
    for _ in range(3):
        table.says(table.wrong)


def test_two_codes_in_a_row_register_a_device_whose_clock_is_off(table: Table) -> None:
    used_up(table)

    told = corrected(table, steps=-20)

    assert (told.verdict.outcome, told.case.state) == (Outcome.MATCH, CaseState.REGISTERED)
    assert Counter.objects.get(device=table.cast.new_device).correction == -20
    assert AuditRow.objects.get(action="reissue.registered").facts["shift_seconds"] == -1200


def test_a_wrong_pair_is_an_answer_and_registers_nothing(table: Table) -> None:
    told = corrected(table, steps=90)

    assert (told.verdict.outcome, told.case.state) == (Outcome.WRONG, CaseState.APPROVED)
    assert AuditRow.objects.get(action="first_code.refused").facts["answer"] == "WRONG"


def test_a_supervisor_allows_three_more_tries_once(table: Table) -> None:
    used_up(table)

    grant_tries(by=table.cast.in_charge, case_ref=table.case.pk)

    assert table.says(table.right).verdict.outcome is Outcome.MATCH
    with refused("first_code.not_approved", action="first_code.tries_granted"):
        grant_tries(by=table.cast.in_charge, case_ref=table.case.pk)


def test_nobody_is_given_a_third_set_of_tries(table: Table) -> None:
    used_up(table)
    grant_tries(by=table.cast.in_charge, case_ref=table.case.pk)
    used_up(table)

    with refused("first_code.nothing_to_grant", action="first_code.tries_granted"):
        grant_tries(by=table.cast.in_charge, case_ref=table.case.pk)
    assert table.says(table.right).verdict.outcome is Outcome.TRIES_USED


def test_tries_that_are_left_are_not_added_to(table: Table) -> None:
    with refused("first_code.nothing_to_grant", action="first_code.tries_granted"):
        grant_tries(by=table.cast.in_charge, case_ref=table.case.pk)


def test_the_teller_gives_himself_no_tries_under_any_of_his_accounts(table: Table) -> None:
    used_up(table)
    other_account = staff(Role.SUPERVISOR, at=table.cast.home, person_no=table.cast.teller.person_no)

    with refused("first_code.own_case", action="first_code.tries_granted"):
        grant_tries(by=acting(other_account), case_ref=table.case.pk)
    with refused("not_allowed", action="first_code.tries_granted"):
        grant_tries(by=table.cast.at_the_desk, case_ref=table.case.pk)
