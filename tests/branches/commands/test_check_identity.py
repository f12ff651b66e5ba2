from datetime import date
from uuid import uuid4

import pytest

from branches.commands.identity import record_identity
from branches.errands.identity import check_identity
from branches.models import CheckResult, DocumentKind, IdentityCheck, ReissueCase
from nh_otp.access import Once, Role
from nh_otp.audit.models import AuditRow
from nh_otp.gateways.id_authenticity import Authenticity, IdAnswer
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast, acting, branch, staff

BORN = date(1984, 3, 12)
ISSUED = date(2021, 5, 20)


@pytest.fixture
def case(cast: Cast) -> ReissueCase:
    return cast.opened()


def checked(cast: Cast, case: ReissueCase, **changed: object) -> IdentityCheck:
    given: dict[str, object] = {
        "by": cast.at_the_desk,
        "document": DocumentKind.RESIDENT_CARD,
        "name": "김서연",
        "birth_on": BORN,
        "photo_matched": True,
        "issued_on": ISSUED,
        "number_tail": "2345678",
    }
    return check_identity(case_ref=case.pk, **given | changed)  # type: ignore[arg-type]  # a test's choice


def identity_of(case: ReissueCase) -> IdentityCheck | None:
    return ReissueCase.objects.select_related("identity").get(pk=case.pk).identity


def test_a_genuine_document_proves_the_customer_for_this_case(cast: Cast, case: ReissueCase) -> None:
    check = checked(cast, case)

    assert (check.result, check.name_matched, check.birth_matched) == (CheckResult.GENUINE, True, True)
    assert check.transaction_id.startswith("ID-")
    assert (check.branch, check.checked_by) == (cast.home, cast.teller)
    assert identity_of(case) == check


@pytest.mark.parametrize("typed", ["김 서연", " 김서연 ", "\u1100\u1175\u11b7\uc11c\uc5f0"])
def test_a_name_is_matched_however_it_is_spelt(cast: Cast, case: ReissueCase, typed: str) -> None:
    assert checked(cast, case, name=typed).result == CheckResult.GENUINE


@pytest.mark.parametrize(
    "typed", [{"name": "김서현"}, {"birth_on": date(1984, 3, 13)}, {"photo_matched": False}, {"name": ""}]
)
def test_what_does_not_match_is_an_answer_and_the_issuer_is_not_asked(
    cast: Cast, case: ReissueCase, typed: dict[str, object]
) -> None:
    check = checked(cast, case, **typed)

    assert check.result == CheckResult.NOT_MATCHED
    assert check.transaction_id == ""
    assert identity_of(case) is None
    assert [row.action for row in AuditRow.objects.filter(action__startswith="identity")] == ["identity.asked"]


@pytest.mark.parametrize(
    ("issued", "answer"),
    [
        (date(2021, 1, 13), CheckResult.MISMATCH),
        (date(2021, 1, 14), CheckResult.REPORTED_LOST),
        (date(2021, 1, 15), CheckResult.UNAVAILABLE),
        (date(2021, 1, 16), CheckResult.UNAVAILABLE),
    ],
)
def test_any_other_answer_of_the_issuer_is_kept_and_proves_nothing(
    cast: Cast, case: ReissueCase, issued: date, answer: CheckResult
) -> None:
    check = checked(cast, case, issued_on=issued)

    assert check.result == answer
    assert identity_of(case) is None
    assert AuditRow.objects.get(action="identity.answered").facts["result"] == answer


def test_a_failed_second_look_takes_the_first_proof_away(cast: Cast, case: ReissueCase) -> None:
    checked(cast, case)

    checked(cast, case, issued_on=date(2021, 1, 14))

    assert identity_of(case) is None


def test_a_second_document_may_prove_what_the_first_did_not(cast: Cast, case: ReissueCase) -> None:
    checked(cast, case, issued_on=date(2021, 1, 15))

    second = checked(cast, case, document=DocumentKind.PASSPORT)

    assert identity_of(case) == second
    assert IdentityCheck.objects.filter(case=case).count() == 2


def test_neither_name_nor_number_of_the_document_is_kept_anywhere(cast: Cast, case: ReissueCase) -> None:
    checked(cast, case, document=DocumentKind.DRIVER_LICENCE, number_tail="7766554")

    kept = [repr(row) for row in IdentityCheck.objects.values()] + [row.entry for row in AuditRow.objects.all()]
    assert not any("7766554" in text or "김서연" in text or "1984-03-12" in text for text in kept)


def test_asking_and_answer_are_two_entries(cast: Cast, case: ReissueCase) -> None:
    check = checked(cast, case)

    asked, answered = AuditRow.objects.filter(action__startswith="identity").order_by("at")
    assert (asked.action, asked.facts) == ("identity.asked", {"document": "RESIDENT_CARD", "matched": True})
    assert answered.facts == {"result": "GENUINE", "transaction_id": check.transaction_id}
    assert ["IdentityCheck", check.ref] in asked.subjects


def test_the_same_request_sent_twice_asks_the_issuer_once(cast: Cast, case: ReissueCase) -> None:
    once = Once(uuid4(), "body")

    first, second = (checked(cast, case, once=once) for _ in range(2))

    assert first == second
    assert second.result == CheckResult.GENUINE
    assert IdentityCheck.objects.count() == 1


def test_an_answer_that_comes_twice_counts_once(cast: Cast, case: ReissueCase) -> None:
    check = checked(cast, case)
    late = IdAnswer(Authenticity.MISMATCH, "ID-late", check.checked_at)

    again = record_identity(by=cast.at_the_desk, case_ref=case.pk, check=check.pk, answer=late)

    assert (again.result, again.transaction_id) == (CheckResult.GENUINE, check.transaction_id)
    assert identity_of(case) == check
    assert AuditRow.objects.filter(action="identity.answered").count() == 1


def test_an_answer_belongs_to_its_case(cast: Cast, case: ReissueCase) -> None:
    answer = IdAnswer(Authenticity.GENUINE, "ID-1", case.opened_at)

    with refused("not_found"):
        record_identity(by=cast.at_the_desk, case_ref=case.pk, check=uuid4(), answer=answer)


@pytest.mark.parametrize("stage", ["submitted", "approved", "registered"])
def test_after_the_request_nobody_is_asked_any_more(cast: Cast, stage: str) -> None:
    case: ReissueCase = getattr(cast, stage)()

    with refused("conflict"):
        checked(cast, case)


@pytest.mark.parametrize(("home", "code"), [("001234", "reissue.not_yours"), ("001299", "not_found")])
def test_nobody_else_checks_the_customer_of_a_case(cast: Cast, case: ReissueCase, home: str, code: str) -> None:
    with refused(code):
        checked(cast, case, by=acting(staff(Role.TELLER, at=branch(home))))
