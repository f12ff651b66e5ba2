"""What customers are told, and in which words. No code, no full number, no full name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from branches.models import NoticeTemplate
from nh_otp.outbox.models import Draft

WORDS: Mapping[NoticeTemplate, str] = {
    NoticeTemplate.LOSS_RECEIVED: (
        "[OTP] 사고신고가 접수되어 기기를 정지하였습니다. 접수번호 {number}. "
        "본인이 신고하지 않으셨으면 바로 알려 주십시오."
    ),
    NoticeTemplate.REISSUED: (
        "[OTP] OTP 기기가 재발급되었습니다. 재발급 번호 {number}. 본인이 신청하지 않으셨으면 바로 알려 주십시오."
    ),
    NoticeTemplate.UNLOCKED: (
        "[OTP] OTP 기기의 오류잠김을 해제하였습니다. 처리 번호 {number}. 본인이 신청하지 않으셨으면 바로 알려 주십시오."
    ),
}


def to_customer(customer_id: UUID, template: NoticeTemplate, *, number: str) -> Draft:
    """A message to be sent to the customer's registered phone, looked up only when it leaves."""
    content = {"customer": str(customer_id), "template": template.value, "number": number}
    return Draft("branches.tasks.send_notice", "", content)


def words(template: NoticeTemplate, *, number: str) -> str:
    return WORDS[template].format(number=number)
