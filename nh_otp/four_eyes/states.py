"""The life of a request for approval, and what may be asked for, as data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices


class ApprovalState(TextChoices):
    PENDING = "PENDING", "결재 대기"
    APPROVED = "APPROVED", "결재 승인"
    RETURNED = "RETURNED", "반려"
    REFUSED = "REFUSED", "결재 거절"
    WITHDRAWN = "WITHDRAWN", "요청 철회"
    LAPSED = "LAPSED", "요청 기한경과"


class ApprovalStep(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


APPROVAL_TRANSITIONS: Mapping[tuple[ApprovalState, ApprovalStep], ApprovalState] = {
    (ApprovalState.PENDING, ApprovalStep.APPROVE): ApprovalState.APPROVED,
    (ApprovalState.PENDING, ApprovalStep.RETURN): ApprovalState.RETURNED,
    (ApprovalState.PENDING, ApprovalStep.REFUSE): ApprovalState.REFUSED,
    (ApprovalState.PENDING, ApprovalStep.WITHDRAW): ApprovalState.WITHDRAWN,
    (ApprovalState.PENDING, ApprovalStep.LAPSE): ApprovalState.LAPSED,
}

DECIDED = (ApprovalState.APPROVED, ApprovalState.RETURNED, ApprovalState.REFUSED)
"""States only a decider brings about; the database demands to know who."""


class ApprovalKind(TextChoices):
    """What a second person decides; product.md 9."""

    REISSUE = "REISSUE", "재발급 승인"
    UNLOCK = "UNLOCK", "오류해제 승인"
    WIDE_RESYNC = "WIDE_RESYNC", "시각 보정 승인"
    SEED_IMPORT = "SEED_IMPORT", "시드파일 등록 확인"
    WRITE_OFF = "WRITE_OFF", "기기 폐기 확인"
    STOCK_CORRECTION = "STOCK_CORRECTION", "재고 정정 승인"
    DAY_CLOSE = "DAY_CLOSE", "마감 확인"
