"""Cases in different states, told by the real commands: what the first person to sign in finds on their desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from branches.commands.approval import return_case, submit_case
from branches.commands.loss import report_loss
from branches.commands.paperwork import record_paperwork
from branches.commands.reissue import assign_device, open_case
from branches.errands.identity import check_identity
from branches.management.demo.organisation import AGENT, GARAM, HANEUL, JEONGWOO, JEONGWOO_AT_THE_COUNTER, JIHU, POSTS
from branches.management.demo.people import DAHEE, JIMIN, MARIA, MINJUN, SOYOUNG, SUBIN, YUNA
from branches.models import (
    Channel,
    Customer,
    DocumentKind,
    FeeMethod,
    LossKind,
    LossReport,
    Reason,
    ReissueCase,
    ReturnReason,
    Staff,
)
from branches.queries.paperwork import PHISHING_QUESTIONS, papers_for
from devices.models import Device, DeviceState
from nh_otp.access import Actor


class Report(NamedTuple):
    """A loss report, perhaps the first half of a story."""

    customer: str
    by: str
    kind: LossKind
    channel: Channel = Channel.COUNTER
    place: str = ""


class Story(NamedTuple):
    """A case and how far it has come: opened and identified, submitted, or returned with a reason."""

    customer: str
    by: str
    reason: Reason
    document: DocumentKind = DocumentKind.RESIDENT_CARD
    submitted: bool = True
    memo: str = ""
    returned_by: str = ""
    returned_for: ReturnReason = ReturnReason.PICTURE_UNCLEAR


REPORTS: Sequence[Report] = (
    Report(YUNA, AGENT, LossKind.STOLEN, Channel.CALL_CENTRE, "지하철 2호선"),
    Report(SOYOUNG, AGENT, LossKind.LOST, Channel.CALL_CENTRE),
    Report(JIMIN, JIHU, LossKind.LOST, place="학교 도서관"),
    Report(SUBIN, GARAM, LossKind.STOLEN, place="시장"),
)
STORIES: Sequence[Story] = (
    Story(MINJUN, HANEUL, Reason.DEFECT, returned_by=JEONGWOO, memo="숫자가 나오지 않는다고 하십니다."),
    Story(MARIA, HANEUL, Reason.EXPIRED, DocumentKind.FOREIGNER_CARD, submitted=False),
    Story(DAHEE, JEONGWOO_AT_THE_COUNTER, Reason.BATTERY),
    Story(SUBIN, GARAM, Reason.STOLEN, memo="번호를 바꾼 분이 본인임을 여쭈어 확인하였습니다."),
)


@dataclass(frozen=True, slots=True)
class Counter:
    """Who works and who comes on the day of the stories."""

    staff: Mapping[str, Actor]
    customers: Mapping[str, Customer]
    today: date

    def report(self, given: Report) -> None:
        """Take a loss report for everything the customer holds."""
        customer = self.customers[given.customer]
        held = Device.objects.filter(holdings__customer=customer, holdings__ended_at=None)
        report_loss(
            by=self.staff[given.by],
            customer_ref=customer.pk,
            devices=list(held.values_list("pk", flat=True)),
            kind=given.kind,
            channel=given.channel,
            place=given.place,
        )

    def tell(self, story: Story) -> None:
        """Run a case as far as the story goes."""
        case = self._open(story)
        if not story.submitted:
            return
        by = self.staff[story.by]
        record_paperwork(
            by=by,
            case_ref=case.pk,
            documents=list(papers_for(story.reason)),
            phishing_answers=[False] * len(PHISHING_QUESTIONS),
            consent=True,
            fee_method=FeeMethod.ACCOUNT,
        )
        assign_device(by=by, case_ref=case.pk, serial=_last_in_till(by, case))
        submit_case(by=by, case_ref=case.pk, memo=story.memo)
        if story.returned_by:
            return_case(by=self.staff[story.returned_by], case_ref=case.pk, reason=story.returned_for)

    def _open(self, story: Story) -> ReissueCase:
        customer, by = self.customers[story.customer], self.staff[story.by]
        old = Device.objects.filter(holdings__customer=customer, holdings__ended_at=None).get()
        case = open_case(by=by, customer_ref=customer.pk, reason=story.reason, old_device=old.pk)
        check_identity(
            by=by,
            case_ref=case.pk,
            document=story.document,
            name=customer.name,
            birth_on=customer.birth_on,
            photo_matched=True,
            issued_on=date(self.today.year - 3, 6, 1),
        )
        return case


def _last_in_till(by: Actor, case: ReissueCase) -> str:
    """Not the next one: that stays for whoever plays the counter first."""
    mine = Device.objects.filter(till_id=by.staff_id, state=DeviceState.IN_STOCK, product__kind=case.kind)
    return mine.order_by("-valid_until", "-serial").values_list("serial", flat=True)[0]


def tell_all(*, at: datetime) -> None:
    """Tell every story whose customer has none yet."""
    told_of = [*(report.customer for report in REPORTS), *(story.customer for story in STORIES)]
    customers = {customer.number: customer for customer in Customer.objects.filter(number__in=told_of)}
    counter = Counter(_staff(at), customers, timezone.localdate(at))
    for report in REPORTS:
        if not LossReport.objects.filter(customer__number=report.customer).exists():
            counter.report(report)
    for story in STORIES:
        if not _is_told(story):
            counter.tell(story)


def are_told() -> bool:
    """Has the last story been told?"""
    return all(_is_told(story) for story in STORIES)


def _is_told(story: Story) -> bool:
    return ReissueCase.objects.filter(customer__number=story.customer).exists()


def _staff(at: datetime) -> Mapping[str, Actor]:
    """The demo's people at work, their second factor given just now."""
    ours = Staff.objects.select_related("branch", "terminal").filter(staff_no__in=[post.staff_no for post in POSTS])
    return {person.staff_no: replace(person.actor(), stepped_up_at=at) for person in ours}
