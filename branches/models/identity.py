from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class DocumentKind(models.TextChoices):
    RESIDENT_CARD = "RESIDENT_CARD", "주민등록증"
    DRIVER_LICENCE = "DRIVER_LICENCE", "운전면허증"
    PASSPORT = "PASSPORT", "여권"
    FOREIGNER_CARD = "FOREIGNER_CARD", "외국인등록증"
    MOBILE_ID = "MOBILE_ID", "모바일 신분증"


class CheckResult(models.TextChoices):
    GENUINE = "GENUINE", "정상"
    MISMATCH = "MISMATCH", "발급기관 정보와 다름"
    REPORTED_LOST = "REPORTED_LOST", "분실 신고된 신분증"
    UNAVAILABLE = "UNAVAILABLE", "진위확인 응답 없음"
    NOT_MATCHED = "NOT_MATCHED", "원장과 불일치"
    PENDING = "PENDING", "진위확인 중"


class IdentityCheck(models.Model):
    """One look at one identity document for one case or device service, at this branch on this day (본인확인).

    Keeps which document, what matched and what the issuer answered. The document's number is never kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("branches.ReissueCase", models.PROTECT, related_name="identity_checks", null=True)
    service = models.ForeignKey("devices.DeviceService", models.PROTECT, related_name="identity_checks", null=True)
    document = models.CharField("신분증", max_length=15, choices=DocumentKind.choices)
    name_matched = models.BooleanField("성명 일치")
    birth_matched = models.BooleanField("생년월일 일치")
    photo_matched = models.BooleanField("사진 대조")
    result = models.CharField("결과", max_length=13, choices=CheckResult.choices)
    transaction_id = models.CharField("진위확인 거래번호", max_length=40, default="", blank=True)
    answered_at = models.DateTimeField("응답 시각", null=True)
    checked_at = models.DateTimeField("확인 시각")
    checked_by = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+")
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")

    class Meta:
        db_table = "identity_check"
        verbose_name = "본인확인"
        constraints = [
            models.CheckConstraint(
                name="identity_of_one_matter",
                condition=Q(case__isnull=False, service=None) | Q(case=None, service__isnull=False),
            ),
            models.CheckConstraint(
                name="identity_genuine_is_matched",
                condition=~Q(result=CheckResult.GENUINE)
                | Q(name_matched=True, birth_matched=True, photo_matched=True) & ~Q(transaction_id=""),
            ),
        ]
        indexes = [models.Index(fields=["case", "-checked_at"], name="identity_by_case")]

    @property
    def ref(self) -> str:
        return str(self.id)

    @property
    def passed(self) -> bool:
        return self.result == CheckResult.GENUINE
