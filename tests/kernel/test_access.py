from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from nh_otp.access import GRANTS, Actor, Permission, Role, StepUpNeeded
from nh_otp.errors import NotAllowed
from nh_otp.policy import POLICY

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TELLER = Actor(role=Role.TELLER, staff_no="E00001", staff_id=1, branch_id=2)


def test_no_role_may_both_run_a_case_and_decide_it() -> None:
    assert [role for role, may in GRANTS.items() if {Permission.RUN_CASE, Permission.DECIDE_CASE} <= may] == []


def test_every_role_has_its_line_of_grants() -> None:
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CUSTODIAN, Role.ADMINISTRATOR])
def test_who_does_not_serve_customers_does_not_find_them(role: Role) -> None:
    assert not {Permission.FIND_CUSTOMER, Permission.VIEW_CUSTOMER, Permission.REPORT_LOSS} & GRANTS[role]


def test_an_auditor_reads_and_does_nothing_else() -> None:
    assert GRANTS[Role.AUDITOR] == {
        Permission.SIGN_IN,
        Permission.VIEW_CASES,
        Permission.VIEW_CUSTOMER,
        Permission.VIEW_STOCK,
    }


def test_somebody_not_signed_in_may_sign_in_and_nothing_else() -> None:
    assert GRANTS[Role.ANONYMOUS] == {Permission.SIGN_IN}


def test_a_refused_permission_is_named() -> None:
    with pytest.raises(NotAllowed) as refusal:
        TELLER.must(Permission.DECIDE_CASE)

    assert refusal.value.facts == {"permission": "reissue:decide"}


@pytest.mark.parametrize("age", [timedelta(0), POLICY.step_up_fresh_for])
def test_a_fresh_second_factor_is_enough(age: timedelta) -> None:
    replace(TELLER, stepped_up_at=AT - age).must_have_stepped_up(at=AT)


@pytest.mark.parametrize("given_at", [None, AT - POLICY.step_up_fresh_for - timedelta(microseconds=1)])
def test_a_stale_or_missing_second_factor_is_asked_for_again(given_at: datetime | None) -> None:
    with pytest.raises(StepUpNeeded):
        replace(TELLER, stepped_up_at=given_at).must_have_stepped_up(at=AT)


def test_the_system_is_nobodys_staff_and_works_at_no_branch() -> None:
    system = Actor.system("a name much longer than thirty letters")

    assert len(system.staff_no) == 30
    with pytest.raises(NotAllowed):
        _ = system.staff_pk
    with pytest.raises(NotAllowed):
        _ = system.branch_pk
    assert (TELLER.staff_pk, TELLER.branch_pk) == (1, 2)


def test_what_somebody_claims_before_signing_in_is_kept_as_a_claim() -> None:
    assert Actor.anonymous(claimed="E00001").staff_no == "?E00001"
