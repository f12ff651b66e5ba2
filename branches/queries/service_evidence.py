"""Exactly what a decider is shown of a device service, and what they have to look at twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from branches.queries import evidence
from branches.queries.evidence import Flag
from devices.models import DeviceService
from nh_otp.four_eyes.decisions import digest_of

SHOWN = ("customer", "device__product", "identity", "verification")
"""What must be loaded with a service before its content can be told."""


def content(service: DeviceService) -> dict[str, object]:
    """What the service says now."""
    identity = service.identity
    return {
        "service": service.number,
        "kind": service.kind,
        "customer": service.customer.number,
        "customer_contact_changed_on": str(service.customer.contact_changed_on),
        "device": str(service.device_id),
        "device_state": service.device.state,
        "identity": [identity.document, identity.result, identity.transaction_id] if identity else [],
        "verification": str(service.verification_id),
        "shift_seconds": service.shift_seconds,
    }


def digest(service: DeviceService) -> str:
    """SHA-256 over the canonical content: changes when anything a decider was shown changes."""
    return digest_of(content(service))


def flags(service: DeviceService, *, at: datetime) -> Sequence[Flag]:
    """What a decider has to look at twice, computed at submission and again at decision."""
    raised = evidence.person_flags(service.customer, at=at)
    if service.customer.home_branch_id != service.branch_id:
        raised.add(Flag.OTHER_BRANCH)
    return [flag for flag in Flag if flag in raised]


def seen(service: DeviceService, *, at: datetime) -> str:
    """The digest a decision is bound to: the content and the flags that stand beside it."""
    return evidence.seen(digest(service), flags(service, at=at))
