from __future__ import annotations

from django.db import models

from nh_otp.four_eyes.models import Approval


class ReturnReason(models.TextChoices):
    ID_MISMATCH = "ID_MISMATCH", "신분증 불일치"
    PICTURE_UNCLEAR = "PICTURE_UNCLEAR", "사진·서류 흐림"
    SIGNATURE_MISSING = "SIGNATURE_MISSING", "서명 없음"
    CONTACT_UNCONFIRMED = "CONTACT_UNCONFIRMED", "연락처 미확인"
    LOSS_REPORT_MISSING = "LOSS_REPORT_MISSING", "사고신고 없음"
    PHISHING_SUSPECTED = "PHISHING_SUSPECTED", "보이스피싱 의심"


__all__ = ["Approval", "ReturnReason"]
