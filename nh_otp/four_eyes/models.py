"""A request that a second person decides (책임자 승인), whatever it is about; product.md 9."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from nh_otp.four_eyes.states import APPROVAL_TRANSITIONS, DECIDED, ApprovalKind, ApprovalState
from nh_otp.machine import Moving

if TYPE_CHECKING:
    from branches.models import ReissueCase

OWN_REQUEST = "본인이 접수한 건은 승인할 수 없습니다. 다른 책임자에게 요청해 주십시오."


class Approval(Moving):
    """One request and its one decision, bound to a digest of exactly what the decider was shown.

    `subject` is the key of whatever is decided; a reissue names its case as well, with referential integrity.
    """

    transitions = APPROVAL_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField("결재 종류", max_length=16, choices=ApprovalKind.choices, default=ApprovalKind.REISSUE)
    subject = models.UUIDField("대상")
    case = models.ForeignKey("branches.ReissueCase", models.PROTECT, related_name="approvals", null=True)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    state = models.CharField("상태", max_length=9, choices=ApprovalState.choices, default=ApprovalState.PENDING)
    digest = models.CharField("본 내용의 해시값", max_length=64)
    flags = ArrayField(models.CharField(max_length=30), verbose_name="확인 사항", default=list)
    maker = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", verbose_name="요청자")
    maker_person = models.CharField("요청자 인사번호", max_length=12)
    requested_at = models.DateTimeField("요청 시각")
    lapses_at = models.DateTimeField("요청 기한")
    called_at = models.DateTimeField("책임자 호출 시각", null=True)
    decider = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", null=True, verbose_name="결정자")
    decider_person = models.CharField("결정자 인사번호", max_length=12, null=True)
    decided_at = models.DateTimeField("결정 시각", null=True)
    reason = models.CharField("사유", max_length=20, default="", blank=True)

    class Meta:
        db_table = "approval"
        verbose_name = "승인 요청"
        constraints = [
            models.CheckConstraint(
                name="approval_four_eyes",
                condition=Q(decider_person=None) | ~Q(decider_person=F("maker_person")),
                violation_error_message=OWN_REQUEST,
            ),
            models.CheckConstraint(
                name="approval_decided_by_someone",
                condition=Q(
                    state__in=DECIDED, decider__isnull=False, decider_person__isnull=False, decided_at__isnull=False
                )
                | ~Q(state__in=DECIDED) & Q(decider=None, decider_person=None),
            ),
            models.CheckConstraint(
                name="approval_no_without_reason",
                condition=~Q(state__in=[ApprovalState.RETURNED, ApprovalState.REFUSED]) | ~Q(reason=""),
                violation_error_message="사유를 골라 주십시오.",
            ),
            models.CheckConstraint(
                name="approval_reissue_names_its_case",
                condition=Q(kind=ApprovalKind.REISSUE, case=F("subject"))
                | ~Q(kind=ApprovalKind.REISSUE) & Q(case=None),
            ),
            models.UniqueConstraint(
                fields=["subject"],
                name="approval_one_pending_per_subject",
                condition=Q(state=ApprovalState.PENDING),
                violation_error_message="이미 승인을 기다리고 있는 건입니다.",
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at"], name="approval_pending", condition=Q(state=ApprovalState.PENDING)),
            models.Index(fields=["subject"], name="approval_by_subject"),
        ]

    @property
    def ref(self) -> str:
        return str(self.id)

    @property
    def reissue(self) -> ReissueCase:
        """The case this request is about; raises DoesNotExist when it is about something else."""
        if self.case is None:
            raise self.DoesNotExist
        return self.case
