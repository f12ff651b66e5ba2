"""Lists and single things, as programs read them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from branches.models import Customer, Reason, ReissueCase
from branches.queries import records
from branches.states import CaseState
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from tests.branches.api.program import Program
from tests.factories.cast import Cast, branch, customer, staff


def open_cases(cast: Cast, count: int) -> list[ReissueCase]:
    """So many open cases of the branch, oldest first; some at the very same moment."""
    began = timezone.now() - timedelta(hours=1)
    return ReissueCase.objects.bulk_create(
        ReissueCase(
            number=f"RI-000000-{uuid4().hex[:8]}",
            branch=cast.home,
            customer=customer(at=cast.home),
            reason=Reason.DEFECT,
            kind="TOKEN",
            state=CaseState.IN_PROGRESS,
            owner=cast.teller,
            opened_at=began + timedelta(seconds=number // 3),
        )
        for number in range(count)
    )


def test_a_list_is_read_page_by_page_without_gaps_or_repeats(
    teller: Program, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "PAGE", 4)
    made = open_cases(cast, 11)

    pages, cursor = [], ""
    while cursor is not None:
        body = teller.get("/cases", **({"cursor": cursor} if cursor else {})).body
        pages.append([line["number"] for line in body["cases"]])
        cursor = body["cursor"]

    assert [len(page) for page in pages] == [4, 4, 3]
    newest_first = sorted(made, key=lambda case: (case.opened_at, case.pk), reverse=True)
    assert [number for page in pages for number in page] == [case.number for case in newest_first]


def test_a_list_costs_the_same_number_of_questions_however_long_it_is(teller: Program, cast: Cast) -> None:
    counts = []
    for more in (2, 15):
        open_cases(cast, more)
        with CaptureQueriesContext(connection) as asked:
            teller.get("/cases")
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_a_list_is_narrowed_by_state_and_owner(teller: Program, cast: Cast) -> None:
    open_cases(cast, 2)
    waiting = cast.submitted()
    colleague = staff(Role.TELLER, at=cast.home)

    assert [line["ref"] for line in teller.get("/cases", state="AWAITING_APPROVAL").body["cases"]] == [str(waiting.pk)]
    assert len(teller.get("/cases", mine="true").body["cases"]) == 3
    assert Program.of(colleague).get("/cases", mine="true").body["cases"] == []


@pytest.mark.parametrize(
    "query", [{"state": "COMPLETED"}, {"state": "x"}, {"cursor": "1"}, {"cursor": "x.y"}, {"page": "2"}, {"mine": "7"}]
)
def test_a_filter_nobody_knows_is_an_error(teller: Program, query: dict[str, str]) -> None:
    answer = teller.get("/cases", **query)

    assert (answer.status, answer.code) == (400, "request.malformed")


def test_a_list_shows_the_own_branch_only(cast: Cast) -> None:
    cast.opened()

    elsewhere = Program.of(staff(Role.TELLER, at=branch("001299")))

    assert elsewhere.get("/cases").body == {"cases": [], "cursor": None}


def test_looking_at_a_case_is_on_record_once_in_ten_minutes(teller: Program, cast: Cast) -> None:
    case = cast.opened()

    for _ in range(3):
        teller.get(f"/cases/{case.pk}")

    entry = AuditRow.objects.get(action="customer.viewed")
    assert entry.subjects == [["Customer", cast.customer.ref], ["ReissueCase", case.ref]]


def test_looking_at_a_customer_is_on_record_and_shows_masked_values(teller: Program, cast: Cast) -> None:
    answer = teller.get(f"/customers/{cast.customer.pk}")

    body = answer.body
    assert (body["name"], body["birth"], body["phone"]) == ("김*연", "1984**", "010-****-3481")
    assert [device["state"] for device in body["devices"]] == ["IN_USE"]
    assert AuditRow.objects.filter(action="customer.viewed").count() == 1


def test_a_customers_page_names_reports_and_the_open_case(teller: Program, cast: Cast) -> None:
    case = cast.opened()

    body = teller.get(f"/customers/{cast.customer.pk}").body

    assert [line["ref"] for line in body["cases"]] == [str(case.pk)]
    assert [report["ref"] for report in body["loss_reports"]] == [str(case.loss_report_id)]


def test_one_fact_alone_finds_nobody(teller: Program, cast: Cast) -> None:
    answer = teller.post("/customers/search", {"text": "김서연"})

    assert (answer.status, answer.code) == (422, "search.too_few")


def test_a_search_is_on_record_without_what_was_typed(teller: Program, cast: Cast) -> None:
    answer = teller.post("/customers/search", {"text": "ㄱㅅㅇ 840312"})

    assert [match["ref"] for match in answer.body["customers"]] == [cast.customer.ref]
    entry = AuditRow.objects.get(action="customer.found")
    assert entry.facts == {"keys": ["name", "birth"], "found": 1}
    assert "840312" not in entry.entry


def test_a_decider_is_shown_content_flags_and_the_digest_to_send_back(supervisor: Program, cast: Cast) -> None:
    Customer.objects.filter(pk=cast.customer.pk).update(contact_changed_on=timezone.localdate())
    case = cast.submitted()

    body = supervisor.get(f"/approvals/{case.pk}").body

    assert body["seen"] == cast.seen(case)
    assert body["flags"] == ["CONTACT_CHANGED"]
    assert body["content"]["case"] == case.number
    assert cast.customer.number not in str(body)
    assert (body["request"]["own"], body["changed"]) == (False, False)
    assert AuditRow.objects.filter(action="customer.viewed").count() == 1


def test_what_changed_since_the_request_is_marked(supervisor: Program, cast: Cast) -> None:
    case = cast.submitted()
    ReissueCase.objects.filter(pk=case.pk).update(memo="바꿈")

    assert supervisor.get(f"/approvals/{case.pk}").body["changed"] is True


def test_what_waits_for_nobody_is_not_found_among_the_requests(supervisor: Program, cast: Cast) -> None:
    case = cast.prepared()

    assert supervisor.get(f"/approvals/{case.pk}").status == 404


@pytest.mark.parametrize(("verb", "state"), [("return", "IN_PROGRESS"), ("refusal", "REFUSED")])
def test_a_request_is_sent_back_or_refused_with_a_reason(
    supervisor: Program, cast: Cast, verb: str, state: str
) -> None:
    case = cast.submitted()

    answer = supervisor.post(f"/cases/{case.pk}/{verb}", {"reason": "SIGNATURE_MISSING"})

    assert (answer.status, answer.body["state"]) == (200, state)
    assert answer.body["request"]["reason"] == "SIGNATURE_MISSING"


@pytest.mark.parametrize(
    ("verb", "body", "state"),
    [("withdrawal", {}, "IN_PROGRESS"), ("cancellation", {"reason": "CUSTOMER", "opened": True}, "CANCELLED")],
)
def test_a_teller_takes_back_or_cancels(
    teller: Program, cast: Cast, verb: str, body: dict[str, object], state: str
) -> None:
    case = cast.submitted()

    answer = teller.post(f"/cases/{case.pk}/{verb}", body)

    assert (answer.status, answer.body["state"]) == (200, state)


@pytest.mark.parametrize("moment", ["2026-11-23T10:15:00", "2026-11-23", "gestern", "2026-13-01T00:00:00Z"])
def test_a_moment_without_offset_is_an_error(teller: Program, cast: Cast, moment: str) -> None:
    lost = {"customer_ref": cast.customer.pk, "devices": [cast.old_device.pk], "kind": "LOST", "claimed_at": moment}

    assert teller.post("/loss-reports", lost).status == 400


def test_a_moment_is_told_in_korean_time(teller: Program, cast: Cast) -> None:
    claimed = timezone.now() - timedelta(hours=2)
    lost = {
        "customer_ref": cast.customer.pk,
        "devices": [cast.old_device.pk],
        "kind": "LOST",
        "claimed_at": claimed.isoformat(),
    }

    body = teller.post("/loss-reports", lost).body

    assert body["claimed_at"] == timezone.localtime(claimed).isoformat()
