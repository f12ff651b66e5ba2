"""What programs are told of device services; masked like the screens."""

from __future__ import annotations

from uuid import UUID

from branches.queries.case import requests_of
from branches.queries.records import device_record, identity_record, request_record
from branches.queries.rows.records import ServiceRecord
from devices.models import DeviceService
from nh_otp import masks
from nh_otp.access import Actor, Permission

LOADED = ("customer", "owner", "device__product", "identity")


def service_record(ref: UUID, *, by: Actor) -> ServiceRecord:
    """Everything a program may know of one service of the own branch. Raises NotFound."""
    by.must(Permission.VIEW_CASES)
    service = DeviceService.objects.select_related(*LOADED).get_visible(ref, by=by)
    request = next(iter(requests_of(ref)), None)
    return ServiceRecord(
        ref=service.pk,
        number=service.number,
        kind=service.kind,
        state=service.state,
        customer=service.customer_id,
        customer_name=masks.name(service.customer.name),
        owner=service.owner.staff_no,
        device=device_record(service.device),
        identity=identity_record(service.identity) if service.identity else None,
        proven=service.verification_id is not None,
        shift_seconds=service.shift_seconds,
        request=request_record(request) if request else None,
        end_reason=service.end_reason,
        opened_at=service.opened_at,
        ended_at=service.ended_at,
    )
