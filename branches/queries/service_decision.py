"""One device service as its decider is shown it: the bank's records beside what was presented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from branches.models import Approval, ReturnReason
from branches.queries import decision, evidence, labels, service_evidence
from branches.queries.rows.approval import ComparedRow, DecisionPage, EvidenceKind, EvidenceRow, Verbs
from devices.models import DeviceService, DeviceState, ServiceKind
from devices.queries import labels as things
from nh_otp import masks, shown
from nh_otp.four_eyes.models import OWN_REQUEST
from nh_otp.shown import Fact, Status, Tone

VERBS = Verbs("approve_service", "return_service", "refuse_service")
REASONS = (
    ReturnReason.ID_MISMATCH,
    ReturnReason.PICTURE_UNCLEAR,
    ReturnReason.CONTACT_UNCONFIRMED,
    ReturnReason.PHISHING_SUSPECTED,
)
"""What of the reasons can be meant where no paper is signed and nothing was lost."""


def decision_page(request: Approval, service: DeviceService, *, own: bool, at: datetime) -> DecisionPage:
    """The request, with the digest a decision will be bound to; the service must be loaded with all it is about."""
    raised, digest = service_evidence.flags(service, at=at), service_evidence.digest(service)
    reasons, window = shown.choices(REASONS), request.maker.terminal
    return DecisionPage(
        ref=service.pk,
        number=service.number,
        name=masks.name(service.customer.name),
        title=service.get_kind_display(),
        device=f"기기 끝 {service.device.serial[-4:]}",
        kind=things.kind(service.device),
        maker=shown.person(request.maker),
        window=window.name if window else "",
        requested_at=request.requested_at,
        compared=_compare(service, raised),
        flags=decision.flag_rows(raised),
        evidence=_evidence(service),
        memo="",
        seen=evidence.seen(digest, raised),
        return_reasons=reasons,
        refuse_reasons=reasons,
        verbs=VERBS,
        can_decide=not own,
        why_not=OWN_REQUEST if own else "",
        changed=digest != request.digest,
    )


def _compare(service: DeviceService, raised: Sequence[evidence.Flag]) -> tuple[ComparedRow, ...]:
    rows = (
        *decision.person(service.customer, raised, branch=service.branch.name, came_by="창구"),
        *decision.identity(service.identity, service.customer),
        _device(service),
        _code(service),
    )
    return tuple(sorted(rows, key=lambda row: not row.look))


def _device(service: DeviceService) -> ComparedRow:
    device = service.device
    expected = DeviceState.LOCKED if service.kind == ServiceKind.UNLOCK else DeviceState.IN_USE
    fits = device.state == expected
    result = Status(device.get_state_display(), Tone.DONE if fits else Tone.BACK)
    return ComparedRow("기기", f"…{device.serial[-4:]}", "고객님이 가져옴", result, look=not fits)


def _code(service: DeviceService) -> ComparedRow:
    """The codes matched; how far the device's clock is off is what a decider has to judge."""
    off = bool(service.shift_seconds)
    return ComparedRow(
        "번호 확인",
        "은행 시각",
        labels.shift(service.shift_seconds),
        decision.LOOK if off else decision.SAME,
        look=off,
    )


def _evidence(service: DeviceService) -> tuple[EvidenceRow, ...]:
    rows = [decision.identity_evidence(service.identity)] if service.identity else []
    if service.verification is not None:
        when = f"{timezone.localtime(service.verification.claimed_at):%H:%M} 확인"
        facts = (Fact("시각 차이", labels.shift(service.shift_seconds)),)
        rows.append(EvidenceRow(EvidenceKind.DEVICE, "기기 번호 일치", when, facts))
    return tuple(rows)
