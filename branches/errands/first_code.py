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
from nh_otp.gateways.otp_verifier import CodeCheck, Outcome


class FirstCode(NamedTuple):
    """What became of a code: the case as it is now, the answer, and how many tries are left."""

    case: ReissueCase
    outcome: Outcome
    tries_left: int


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
    verdict = gateways.otp_verifier().check(question)
    if verdict.outcome is Outcome.MATCH:
        case = register_case(by=by, case_ref=case_ref)
    else:
        case = record_wrong_code(by=by, case_ref=case_ref, answer=verdict.outcome, tries_left=verdict.tries_left)
    return FirstCode(case, verdict.outcome, verdict.tries_left)
