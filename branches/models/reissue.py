from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from branches.models.loss import Channel
from branches.states import HOLDS_DEVICE, OPEN, TRANSITIONS, CaseState
from devices.models import ProductKind
from nh_otp.access import Actor
from nh_otp.errors import NotFound
from nh_otp.machine import Moving


class Reason(models.TextChoices):
    LOST = "LOST", "분실"
    STOLEN = "STOLEN", "도난"
    DEFECT = "DEFECT", "고장"
    BATTERY = "BATTERY", "배터리 방전"
    EXPIRED = "EXPIRED", "유효기간 만료"
    DAMAGED = "DAMAGED", "훼손"
    LEAKED = "LEAKED", "노출·도용 의심"
    EXCHANGE = "EXCHANGE", "매체 교체"


NEEDS_LOSS_REPORT = (Reason.LOST, Reason.STOLEN, Reason.LEAKED)
"""Reasons that presuppose an open loss report on the old device; product.md 4."""


class FeeState(models.TextChoices):
    OPEN = "OPEN", "산정 전"
    AGREED = "AGREED", "동의"
    COLLECTED = "COLLECTED", "수납"
    REFUND_DUE = "REFUND_DUE", "환급대상"
    REFUNDED = "REFUNDED", "환급완료"


class FeeMethod(models.TextChoices):
    CASH = "CASH", "현금"
    ACCOUNT = "ACCOUNT", "계좌 출금"
    NONE = "NONE", "받지 않음"


class CaseQuerySet(models.QuerySet["ReissueCase"]):
    def visible_to(self, actor: Actor) -> CaseQuerySet:
        """Cases of the actor's own branch; another branch's case does not exist for them."""
        return self.filter(branch=actor.branch_pk)

    def get_visible(self, ref: uuid.UUID, *, by: Actor) -> ReissueCase:
        """One case this person may see. Raises NotFound."""
        case = self.visible_to(by).filter(id=ref).first()
        if case is None:
            raise NotFound()
        return case

    def lock(self, ref: uuid.UUID, *, by: Actor) -> ReissueCase:
        """One case this person may see, locked till the end of the transaction. Raises NotFound."""
        return self.select_for_update(of=("self",), no_key=True).get_visible(ref, by=by)


class ReissueCase(Moving):
    """One reissue (재발급 건): a customer's old device replaced by a new one, from request to hand-over."""

    transitions = TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("재발급 번호", max_length=20, unique=True)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    customer = models.ForeignKey("branches.Customer", models.PROTECT, related_name="cases")
    channel = models.CharField("접수 경로", max_length=11, choices=Channel.choices, default=Channel.COUNTER)
    reason = models.CharField("재발급 사유", max_length=10, choices=Reason.choices)
    kind = models.CharField("매체", max_length=10, choices=ProductKind.choices)
    state = models.CharField("상태", max_length=17, choices=CaseState.choices)
    owner = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", verbose_name="담당")
    old_device = models.ForeignKey("devices.Device", models.PROTECT, related_name="+", null=True)
    new_device = models.ForeignKey("devices.Device", models.PROTECT, related_name="+", null=True)
    loss_report = models.ForeignKey("branches.LossReport", models.PROTECT, related_name="+", null=True)
    identity = models.ForeignKey("branches.IdentityCheck", models.PROTECT, related_name="+", null=True)
    verification = models.ForeignKey("devices.CodeCheck", models.PROTECT, related_name="+", null=True)
    documents = ArrayField(models.CharField(max_length=30), verbose_name="받은 서류", default=list)
    phishing_answers = ArrayField(models.BooleanField(), verbose_name="보이스피싱 문진", default=list)
    paperwork_at = models.DateTimeField("서류 확인 시각", null=True)
    fee_won = models.PositiveIntegerField("수수료(원)", default=0)
    fee_sentence = models.CharField("수수료 안내", max_length=120, default="", blank=True)
    fee_state = models.CharField("수수료 상태", max_length=10, choices=FeeState.choices, default=FeeState.OPEN)
    fee_method = models.CharField("수납 방법", max_length=7, choices=FeeMethod.choices, default=FeeMethod.NONE)
    fee_transaction_no = models.CharField("수납 거래번호", max_length=30, default="", blank=True)
    fee_collected_at = models.DateTimeField("수납 시각", null=True)
    memo = models.CharField("요청 메모", max_length=80, default="", blank=True)
    end_reason = models.CharField("종료 사유", max_length=40, default="", blank=True)
    opened_at = models.DateTimeField("시작 시각")
    assigned_at = models.DateTimeField("배정 시각", null=True)
    approved_at = models.DateTimeField("승인 시각", null=True)
    registered_at = models.DateTimeField("사용등록 시각", null=True)
    ended_at = models.DateTimeField("종료 시각", null=True)

    objects = models.Manager.from_queryset(CaseQuerySet)()

    class Meta:
        db_table = "reissue_case"
        verbose_name = "재발급 건"
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                name="reissue_one_open_per_customer",
                condition=Q(state__in=OPEN),
                violation_error_message="이 고객님은 이미 진행 중인 재발급 건이 있습니다.",
            ),
            models.UniqueConstraint(
                fields=["old_device"],
                name="reissue_one_open_per_old_device",
                condition=Q(state__in=OPEN),
                violation_error_message="이 기기로 이미 진행 중인 재발급 건이 있습니다.",
            ),
            models.UniqueConstraint(
                fields=["new_device"],
                name="reissue_one_case_per_new_device",
                condition=Q(state__in=OPEN),
                violation_error_message="이 기기는 이미 다른 건에 배정되어 있습니다. 다른 기기를 스캔해 주십시오.",
            ),
            models.CheckConstraint(
                name="reissue_request_is_complete",
                condition=~Q(state__in=HOLDS_DEVICE)
                | Q(new_device__isnull=False, identity__isnull=False, paperwork_at__isnull=False),
                violation_error_message="1단계에서 4단계까지 마친 뒤 승인을 요청해 주십시오.",
            ),
            models.CheckConstraint(
                name="reissue_lost_has_report",
                condition=~Q(state__in=HOLDS_DEVICE) | ~Q(reason__in=NEEDS_LOSS_REPORT) | Q(loss_report__isnull=False),
                violation_error_message="분실·도난·도용 의심은 사고신고가 먼저 있어야 합니다.",
            ),
            models.CheckConstraint(
                name="reissue_registered_is_verified",
                condition=~Q(state__in=[CaseState.REGISTERED, CaseState.UNDELIVERED, CaseState.COMPLETED])
                | Q(verification__isnull=False, registered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="reissue_registered_is_paid",
                condition=~Q(state__in=[CaseState.REGISTERED, CaseState.UNDELIVERED, CaseState.COMPLETED])
                | Q(fee_won=0)
                | Q(fee_state=FeeState.COLLECTED),
                violation_error_message="수수료를 받은 뒤에 최초번호를 검증해 주십시오.",
            ),
            models.CheckConstraint(
                name="reissue_devices_differ",
                condition=Q(new_device=None) | Q(old_device=None) | ~Q(new_device=F("old_device")),
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "opened_at"], name="reissue_open_by_branch", condition=Q(state__in=OPEN)),
            models.Index(fields=["customer", "-opened_at"], name="reissue_by_customer"),
        ]

    @property
    def ref(self) -> str:
        return str(self.id)

    @property
    def lane(self) -> str:
        """The line in which notices about this case leave, in order."""
        return f"case:{self.id}"

    @property
    def new_device_pk(self) -> uuid.UUID:
        """The assigned device's key. Raises NotFound before a device is assigned."""
        if self.new_device_id is None:
            raise NotFound()
        return self.new_device_id
