from datetime import timedelta

import pytest
from django.utils import timezone

from branches.commands.approval import submit_case
from branches.commands.reissue import hand_over
from branches.models import Approval, CheckResult, Customer, IdentityCheck, ReissueCase
from branches.queries import evidence
from branches.queries.evidence import Flag
from branches.states import ApprovalState, CaseState
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditRow
from nh_otp.policy import POLICY
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff


def submitted(cast: Cast, case: ReissueCase, *, by: Actor | None = None, memo: str = "") -> ReissueCase:
    return submit_case(by=by or cast.at_the_desk, case_ref=case.pk, memo=memo)


def test_a_prepared_case_waits_for_a_second_person(cast: Cast) -> None:
    case = submitted(cast, cast.prepared(), memo="급합니다")

    request = Approval.objects.get(case=case)
    assert (case.state, case.memo) == (CaseState.AWAITING_APPROVAL, "급합니다")
    assert (request.state, request.maker, request.maker_person) == (
        ApprovalState.PENDING,
        cast.teller,
        cast.teller.person_no,
    )
    assert request.lapses_at - request.requested_at == POLICY.request_lapses_after
    assert request.decider is None


def test_the_request_is_bound_to_what_the_case_says(cast: Cast) -> None:
    case = submitted(cast, cast.prepared())

    request = Approval.objects.select_related(*[f"case__{name}" for name in ("customer", "identity", "loss_report")])
    found = request.get(case=case)
    assert found.digest == evidence.digest(found.reissue)
    assert len(found.digest) == 64


def test_what_has_to_be_looked_at_twice_is_raised_at_once(cast: Cast) -> None:
    case = cast.prepared()
    Customer.objects.filter(pk=cast.customer.pk).update(
        contact_changed_on=timezone.localdate() - timedelta(days=30),
        last_used_on=timezone.localdate() - timedelta(days=366),
        home_branch=branch("001299"),
    )
    ReissueCase.objects.filter(pk=case.pk).update(phishing_answers=[False, True, False])

    submitted(cast, case)

    expected = [Flag.CONTACT_CHANGED, Flag.DORMANT, Flag.OTHER_BRANCH, Flag.PHISHING_ANSWER]
    assert Approval.objects.get(case=case).flags == expected
    assert AuditRow.objects.get(action="reissue.submitted").facts == {"flags": expected}


@pytest.mark.parametrize("days", [31, 400])
def test_a_contact_changed_long_ago_raises_nothing(cast: Cast, days: int) -> None:
    case = cast.prepared()
    changed = timezone.localdate() - timedelta(days=days)
    Customer.objects.filter(pk=cast.customer.pk).update(contact_changed_on=changed)

    submitted(cast, case)

    assert Approval.objects.get(case=case).flags == []


def test_a_reissue_within_ninety_days_is_raised(cast: Cast) -> None:
    case = hand_over(by=cast.at_the_desk, case_ref=cast.registered().pk, signed=True)
    cast.old_device, cast.new_device = cast.new_device, cast.another_device()

    again = submitted(cast, cast.prepared())

    assert again != case
    assert Approval.objects.get(case=again).flags == [Flag.REISSUED_RECENTLY]


@pytest.mark.parametrize("undone", ["identity", "paperwork_at", "new_device"])
def test_every_task_before_must_be_done(cast: Cast, undone: str) -> None:
    case = cast.prepared()
    ReissueCase.objects.filter(pk=case.pk).update(**{undone: None})

    with refused("reissue.incomplete"):
        submitted(cast, case)


@pytest.mark.parametrize(
    "result", [CheckResult.MISMATCH, CheckResult.REPORTED_LOST, CheckResult.UNAVAILABLE, CheckResult.PENDING]
)
def test_an_identity_document_that_is_not_genuine_does_not_count(cast: Cast, result: CheckResult) -> None:
    case = cast.prepared()
    IdentityCheck.objects.update(result=result)

    with refused("reissue.incomplete"):
        submitted(cast, case)


def test_an_identity_check_of_yesterday_does_not_count(cast: Cast) -> None:
    case = cast.prepared()
    IdentityCheck.objects.update(checked_at=timezone.now() - timedelta(days=1))

    with refused("identity.not_of_today"):
        submitted(cast, case)


def test_an_identity_check_at_another_branch_does_not_count(cast: Cast) -> None:
    case = cast.prepared()
    IdentityCheck.objects.update(branch=branch("001299"))

    with refused("identity.not_of_today"):
        submitted(cast, case)


def test_a_case_is_submitted_once(cast: Cast) -> None:
    case = cast.submitted()

    with refused("state.wrong"):
        submitted(cast, case)


def test_a_colleague_must_take_the_case_over_first(cast: Cast) -> None:
    case = cast.prepared()

    with refused("reissue.not_yours"):
        submitted(cast, case, by=acting(staff(Role.TELLER, at=cast.home)))


def test_a_supervisor_does_not_submit(cast: Cast) -> None:
    case = cast.prepared()

    with refused("not_allowed"):
        submitted(cast, case, by=cast.in_charge)
