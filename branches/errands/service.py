"""Ask the verifier about a device in its customer's hand, and have it act on what was decided."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from branches.commands.service import ask_service_code, record_service_code
from branches.commands.service_decision import approve_service, ask_to_finish, finish_service
from devices import custody
from devices.models import DeviceService
from nh_otp import gateways
from nh_otp.access import Actor, Once
from nh_otp.errors import DomainError
from nh_otp.gateways.otp_verifier import CodeCheck, CodePair, Purpose, Verdict


class Proof(NamedTuple):
    """What became of a customer's codes: the service as it is now, and the answer."""

    service: DeviceService
    verdict: Verdict


def check_codes(*, by: Actor, service_ref: UUID, first: str, second: str = "", once: Once | None = None) -> Proof:
    """Check one code (오류해제) or two in a row; a repeated request with one key asks the same question."""
    for code in (first, second) if second else (first,):
        custody.must_look_like_code(code)
    service = ask_service_code(by=by, service_ref=service_ref, pair=bool(second), once=once)
    verdict = _ask(service, first, second, by=by, once=once)
    return Proof(record_service_code(by=by, service_ref=service_ref, verdict=verdict), verdict)


def _ask(service: DeviceService, first: str, second: str, *, by: Actor, once: Once | None) -> Verdict:
    verifier, purpose = gateways.otp_verifier(), Purpose(service.kind)
    key = str(once.key if once else uuid.uuid4())
    if second:
        pair = CodePair(service.device_id, service.pk, first, second, key, by.staff_no, purpose)
        return verifier.resync(pair)
    return verifier.check(CodeCheck(service.device_id, service.pk, first, key, by.staff_no, purpose))


def approve(
    *, by: Actor, service_ref: UUID, seen: str, flags: Collection[str] = (), once: Once | None = None
) -> DeviceService:
    """Decide, then have it done at once; what fails then is finished later and changes no decision."""
    service = approve_service(by=by, service_ref=service_ref, seen=seen, flags=flags, once=once)
    try:
        return finish(by=by, service_ref=service_ref)
    except DomainError:
        return service


def finish(*, by: Actor, service_ref: UUID) -> DeviceService:
    """Have the verifier act on the decided row, and the device put in order; may be repeated."""
    ask_to_finish(by=by, service_ref=service_ref)
    gateways.otp_verifier().settle_service(service_ref)
    return finish_service(by=by, service_ref=service_ref)
