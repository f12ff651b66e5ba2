"""A verifier that knows one code, for tests of the doors; the real one has its own tests."""

from __future__ import annotations

import uuid
from typing import BinaryIO
from uuid import UUID

from django.utils import timezone

from devices.models import CheckOutcome, DeskTries
from devices.models import CodeCheck as Check
from nh_otp.gateways.otp_verifier import (
    CodeCheck,
    CodePair,
    LotCheck,
    LotHeader,
    LotReceipt,
    OtpVerifier,
    Outcome,
    Verdict,
)
from nh_otp.policy import POLICY

RIGHT, REUSED, DRIFTED = "111111", "222222", "333333"
ANSWERS = {RIGHT: Outcome.MATCH, REUSED: Outcome.REUSED, DRIFTED: Outcome.DRIFTED}


class OneCodeVerifier:
    """Every try is counted; the right code leaves a verification that registration consumes."""

    def check(self, question: CodeCheck) -> Verdict:
        tries, _ = DeskTries.objects.get_or_create(device_id=question.device, case_id=question.subject)
        if tries.claimed >= POLICY.desk_tries:
            return Verdict(Outcome.TRIES_USED, None, 0)
        tries.claimed += 1
        tries.save()
        outcome = ANSWERS.get(question.code, Outcome.WRONG)
        row = Check.objects.create(
            device_id=question.device,
            case_id=question.subject,
            once=uuid.uuid4(),
            outcome=CheckOutcome(outcome.value),
            step=1 if outcome is Outcome.MATCH else None,
            claimed_at=timezone.now(),
        )
        return Verdict(outcome, row.pk, tries.granted - tries.claimed)

    def resync(self, question: CodePair) -> Verdict:
        raise AssertionError("no second code in these tests")

    def settle_service(self, service: UUID) -> None:
        raise AssertionError("no services in these tests")

    def standing(self, *, device: UUID, subject: UUID) -> Verdict | None:
        return None

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        raise AssertionError("no seeds in these tests")

    def check_lot(self, header: LotHeader, body: BinaryIO) -> LotCheck:
        raise AssertionError("no seeds in these tests")


def one_code() -> OtpVerifier:
    return OneCodeVerifier()
