"""Check the first code of a new device with the verifier, between two commands."""

from __future__ import annotations

import uuid
from typing import NamedTuple
from uuid import UUID

from branches.commands.first_code import ask_first_code, record_wrong_code, register_case
from branches.models import ReissueCase
from devices import custody
from nh_otp import gateways
from nh_otp.access import Actor, Once
from nh_otp.gateways.otp_verifier import CodeCheck, CodePair, Outcome, Verdict


class FirstCode(NamedTuple):
    """What became of a code: the case as it is now, and the answer."""

    case: ReissueCase
    verdict: Verdict


def first_code(*, by: Actor, case_ref: UUID, code: str, once: Once | None = None) -> FirstCode:
    """Check a code; when it matches, register at once. A repeated request with one key asks the same question."""
    custody.must_look_like_code(code)
    case = ask_first_code(by=by, case_ref=case_ref, once=once)
    question = CodeCheck(
        device=case.new_device_pk,
        subject=case.pk,
        code=code,
        once=str(once.key if once else uuid.uuid4()),
        staff_no=by.staff_no,
    )
    return _concluded(gateways.otp_verifier().check(question), by=by, case_ref=case_ref)


def two_codes(*, by: Actor, case_ref: UUID, first: str, second: str, once: Once | None = None) -> FirstCode:
    """Correct the clock of a new device with two codes in a row (시각 보정) and register it; costs no try."""
    for code in (first, second):
        custody.must_look_like_code(code)
    case = ask_first_code(by=by, case_ref=case_ref, once=once)
    question = CodePair(
        device=case.new_device_pk,
        subject=case.pk,
        first=first,
        second=second,
        once=str(once.key if once else uuid.uuid4()),
        staff_no=by.staff_no,
    )
    return _concluded(gateways.otp_verifier().resync(question), by=by, case_ref=case_ref)


def _concluded(verdict: Verdict, *, by: Actor, case_ref: UUID) -> FirstCode:
    if verdict.outcome is Outcome.MATCH:
        return FirstCode(register_case(by=by, case_ref=case_ref, shift_seconds=verdict.drift_seconds), verdict)
    return FirstCode(record_wrong_code(by=by, case_ref=case_ref, verdict=verdict), verdict)
