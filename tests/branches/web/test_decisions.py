"""The second pair of eyes, in the browser."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Approval, ReissueCase
from branches.states import ApprovalState, CaseState
from nh_otp.access import Role
from tests.branches.web.conftest import browser_of
from tests.branches.web.test_lost_device import post, seen_in, state, went_on
from tests.factories.cast import Cast, staff


def test_a_supervisor_sends_a_request_back_and_the_teller_reads_why(
    teller: Client, supervisor: Client, cast: Cast
) -> None:
    case = cast.submitted()

    assert went_on(post(supervisor, "return_case", case.pk, reason="PICTURE_UNCLEAR"), "inbox", query="?done=returned")

    html = teller.get(reverse("case", args=[case.pk])).content.decode()
    assert "반려되었습니다. 사유: 사진·서류 흐림" in html
    assert "반려" in teller.get(reverse("home")).content.decode()


def test_a_supervisor_refuses_a_request_for_good(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()

    assert went_on(
        post(supervisor, "refuse_case", case.pk, reason="PHISHING_SUSPECTED"), "inbox", query="?done=refused"
    )

    assert state(case) == CaseState.REFUSED


def test_a_decision_without_a_reason_or_a_digest_decides_nothing(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()

    for name in ("return_case", "refuse_case", "approve_case"):
        assert post(supervisor, name, case.pk).status_code == 422

    assert state(case) == CaseState.AWAITING_APPROVAL


def test_flags_are_sentences_that_must_all_be_ticked(supervisor: Client, cast: Cast) -> None:
    cast.customer.contact_changed_on = timezone.localdate() - timedelta(days=3)
    cast.customer.save()
    case = cast.submitted()
    html = supervisor.get(reverse("inbox_case", args=[case.pk])).content.decode()

    unticked = post(supervisor, "approve_case", case.pk, seen=seen_in(html))
    ticked = post(supervisor, "approve_case", case.pk, seen=seen_in(html), flags=["CONTACT_CHANGED"])

    assert "연락처를 바꾼 사람이 본인인지" in html
    assert unticked.status_code == 422
    assert "확인 사항을 모두 확인하고 표시해 주십시오." in unticked.content.decode()
    assert went_on(ticked, "inbox", query="?done=approved")


def test_content_that_changed_meanwhile_is_shown_again_instead_of_approved(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()
    html = supervisor.get(reverse("inbox_case", args=[case.pk])).content.decode()
    ReissueCase.objects.filter(pk=case.pk).update(memo="바뀐 메모")

    response = post(supervisor, "approve_case", case.pk, seen=seen_in(html))

    assert response.status_code == 409
    assert "확인하시는 동안 신청 내용이 바뀌었습니다." in response.content.decode()
    assert state(case) == CaseState.AWAITING_APPROVAL


def test_an_old_second_factor_is_asked_again_before_a_decision(cast: Cast) -> None:
    case = cast.submitted()
    stale = browser_of(cast.supervisor, stepped_up=timezone.now().timestamp() - 700)

    html = stale.get(reverse("inbox_case", args=[case.pk])).content.decode()
    response = post(stale, "approve_case", case.pk, seen=cast.seen(case))

    assert "승인 인증이 필요합니다" in html
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert state(case) == CaseState.AWAITING_APPROVAL


def test_one_person_with_two_accounts_sees_the_own_request_locked(cast: Cast) -> None:
    case = cast.submitted()
    twin = browser_of(staff(Role.SUPERVISOR, at=cast.home, person_no=cast.teller.person_no))

    html = twin.get(reverse("inbox_case", args=[case.pk])).content.decode()
    response = post(twin, "approve_case", case.pk, seen=cast.seen(case))

    assert "본인이 접수한 건은 승인할 수 없습니다." in html
    assert 'name="seen"' not in html
    assert response.status_code == 403
    assert Approval.objects.get().state == ApprovalState.PENDING


def test_the_second_of_two_supervisors_is_told_that_it_is_decided(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()
    other = browser_of(staff(Role.SUPERVISOR, at=cast.home))
    seen = cast.seen(case)

    assert went_on(post(supervisor, "approve_case", case.pk, seen=seen), "inbox", query="?done=approved")
    late = post(other, "approve_case", case.pk, seen=seen)

    assert late.status_code == 409
    assert "다른 책임자가 먼저 처리하였거나" in late.content.decode()
    assert went_on(other.get(reverse("inbox_case", args=[case.pk])), "inbox")


def test_the_inbox_asks_only_for_what_came_since(supervisor: Client, cast: Cast) -> None:
    empty = supervisor.get(reverse("inbox")).context["page"].version
    cast.submitted()
    full = supervisor.get(reverse("inbox")).context["page"].version

    arrived = supervisor.get(reverse("inbox"), {"version": empty}, headers={"HX-Request": "true"})

    assert "새 요청 1건" in arrived.content.decode()
    assert "<html" not in arrived.content.decode()
    assert supervisor.get(reverse("inbox"), {"version": full}).status_code == 204


def test_a_waiting_page_is_told_once_that_it_was_approved(teller: Client, supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()
    address = reverse("case_poll", args=[case.pk])
    version = teller.get(reverse("case", args=[case.pk])).context["page"].version

    before = teller.get(address, {"version": version})
    post(supervisor, "approve_case", case.pk, seen=cast.seen(case))
    after = teller.get(address, {"version": version})

    assert before.status_code == 204
    assert after.status_code == 200
    assert "승인되었습니다. 수수료를 수납해 주십시오." in after.content.decode()


def test_a_decision_is_confirmed_in_words_and_an_invented_one_is_not(supervisor: Client, cast: Cast) -> None:
    told = supervisor.get(reverse("inbox") + "?done=approved").content.decode()
    invented = supervisor.get(reverse("inbox") + "?done=<b>x</b>").content.decode()

    assert told.count("승인하였습니다.") == 1
    assert "승인하였습니다." not in invented
    assert "<b>x</b>" not in invented


def test_own_requests_stand_behind_those_one_may_decide(supervisor: Client, cast: Cast) -> None:
    case = cast.submitted()
    Approval.objects.filter(case=case).update(maker=cast.supervisor, maker_person=cast.supervisor.person_no)

    html = supervisor.get(reverse("inbox")).content.decode()

    assert "본인이 등록한 건" in html
    assert 'name="seen"' not in html


def test_own_requests_are_not_in_the_number_of_what_waits_for_a_decision(supervisor: Client, cast: Cast) -> None:
    case, address = cast.submitted(), reverse("inbox")
    before = supervisor.get(address)
    Approval.objects.filter(case=case).update(maker=cast.supervisor, maker_person=cast.supervisor.person_no)
    after = supervisor.get(address)

    assert (before.context["frame"].inbox, before.context["page"].to_decide) == (1, 1)
    assert (after.context["frame"].inbox, after.context["page"].to_decide) == (0, 0)
    assert len(after.context["page"].rows) == 1
