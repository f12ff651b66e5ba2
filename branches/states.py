"""The life of a reissue case, as data. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices

# a request for approval stands on the ground; it is named here for those who decide about cases
from nh_otp.four_eyes.states import APPROVAL_TRANSITIONS as APPROVAL_TRANSITIONS
from nh_otp.four_eyes.states import DECIDED as DECIDED
from nh_otp.four_eyes.states import ApprovalState as ApprovalState
from nh_otp.four_eyes.states import ApprovalStep as ApprovalStep


class CaseState(TextChoices):
    RECEIVED = "RECEIVED", "접수"
    IN_PROGRESS = "IN_PROGRESS", "진행"
    AWAITING_APPROVAL = "AWAITING_APPROVAL", "승인대기"
    APPROVED = "APPROVED", "승인"
    REGISTERED = "REGISTERED", "사용등록"
    UNDELIVERED = "UNDELIVERED", "미교부"
    COMPLETED = "COMPLETED", "완료"
    REFUSED = "REFUSED", "승인거절"
    CANCELLED = "CANCELLED", "취소"
    EXPIRED = "EXPIRED", "기한경과"


class CaseStep(StrEnum):
    OPEN = "open"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    LAPSE = "lapse"
    APPROVE = "approve"
    REFUSE = "refuse"
    REGISTER = "register"
    CHANGE_DEVICE = "change_device"
    HAND_OVER = "hand_over"
    SET_ASIDE = "set_aside"
    RELEASE = "release"
    CANCEL_SAME_DAY = "cancel_same_day"
    CANCEL = "cancel"
    EXPIRE = "expire"


S, T = CaseState, CaseStep

TRANSITIONS: Mapping[tuple[CaseState, CaseStep], CaseState] = {
    (S.RECEIVED, T.OPEN): S.IN_PROGRESS,
    (S.IN_PROGRESS, T.SUBMIT): S.AWAITING_APPROVAL,
    (S.AWAITING_APPROVAL, T.WITHDRAW): S.IN_PROGRESS,
    (S.AWAITING_APPROVAL, T.RETURN): S.IN_PROGRESS,
    (S.AWAITING_APPROVAL, T.LAPSE): S.IN_PROGRESS,
    (S.AWAITING_APPROVAL, T.APPROVE): S.APPROVED,
    (S.AWAITING_APPROVAL, T.REFUSE): S.REFUSED,
    (S.APPROVED, T.REGISTER): S.REGISTERED,
    (S.APPROVED, T.CHANGE_DEVICE): S.IN_PROGRESS,
    (S.APPROVED, T.LAPSE): S.IN_PROGRESS,
    (S.REGISTERED, T.HAND_OVER): S.COMPLETED,
    (S.REGISTERED, T.SET_ASIDE): S.UNDELIVERED,
    (S.UNDELIVERED, T.RELEASE): S.COMPLETED,
    (S.UNDELIVERED, T.CANCEL_SAME_DAY): S.CANCELLED,
    (S.RECEIVED, T.CANCEL): S.CANCELLED,
    (S.IN_PROGRESS, T.CANCEL): S.CANCELLED,
    (S.AWAITING_APPROVAL, T.CANCEL): S.CANCELLED,
    (S.APPROVED, T.CANCEL): S.CANCELLED,
    (S.RECEIVED, T.EXPIRE): S.EXPIRED,
    (S.IN_PROGRESS, T.EXPIRE): S.EXPIRED,
}

BIRTHS = (S.RECEIVED, S.IN_PROGRESS)
"""A case begins in a channel (RECEIVED) or at the counter (IN_PROGRESS)."""

ENDS = (S.COMPLETED, S.REFUSED, S.CANCELLED, S.EXPIRED)
"""Nothing follows these."""

OPEN = tuple(state for state in S if state not in ENDS)
"""A customer has at most one case in these, per kind of medium."""

HOLDS_DEVICE = (S.AWAITING_APPROVAL, S.APPROVED, S.REGISTERED, S.UNDELIVERED, S.COMPLETED)
"""States no case reaches without a new device."""
