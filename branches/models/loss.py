from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class LossKind(models.TextChoices):
    LOST = "LOST", "분실"
    STOLEN = "STOLEN", "도난"
    LEAKED = "LEAKED", "노출·도용 의심"


class Channel(models.TextChoices):
    COUNTER = "COUNTER", "창구"
    APP = "APP", "모바일 앱"
    CALL_CENTRE = "CALL_CENTRE", "고객센터"


class Reporter(models.TextChoices):
    SELF = "SELF", "본인"
    FAMILY = "FAMILY", "가족"
    INSTITUTION = "INSTITUTION", "기관"


class LossReport(models.Model):
    """A loss report (사고신고): from `received_at` on the bank bears the damage, 전자금융거래법 art. 10.

    The database's clock makes `received_at`; nobody can set or change it. A report is never edited.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("사고신고 접수번호", max_length=20, unique=True)
    received_at = models.DateTimeField("접수 시각", db_default=Now(), editable=False)
    claimed_at = models.DateTimeField("고객이 말한 사고 시각", null=True)
    customer = models.ForeignKey("branches.Customer", models.PROTECT, related_name="loss_reports")
    kind = models.CharField("구분", max_length=6, choices=LossKind.choices)
    channel = models.CharField("신고 경로", max_length=11, choices=Channel.choices)
    reporter = models.CharField("신고자", max_length=11, choices=Reporter.choices, default=Reporter.SELF)
    place = models.CharField("장소", max_length=60, default="", blank=True)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    receiver = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", null=True)
    devices = models.ManyToManyField("devices.Device", through="LossReportDevice", related_name="loss_reports")

    class Meta:
        db_table = "loss_report"
        verbose_name = "사고신고"
        constraints = [
            models.CheckConstraint(
                name="loss_report_claim_not_later",
                condition=Q(claimed_at=None) | Q(claimed_at__lte=F("received_at")),
                violation_error_message="사고 시각이 접수 시각보다 늦습니다. 다시 확인해 주십시오.",
            )
        ]
        indexes = [models.Index(fields=["customer", "-received_at"], name="loss_report_by_customer")]

    @property
    def ref(self) -> str:
        return str(self.id)


class LossReportDevice(models.Model):
    """A device named in a loss report. `suspended` tells whether this very report stopped it."""

    report = models.ForeignKey(LossReport, models.PROTECT, related_name="lines")
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="loss_lines")
    suspended = models.BooleanField("이 신고로 정지")

    class Meta:
        db_table = "loss_report_device"
        verbose_name = "사고신고 기기"
        constraints = [
            models.UniqueConstraint(fields=["report", "device"], name="loss_report_device_once"),
        ]
