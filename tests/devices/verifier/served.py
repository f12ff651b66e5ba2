"""A device in its customer's hand, and a service open for it at the counter."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone

from branches.models import Staff
from devices.models import Counter, DeviceService, ServiceKind
from devices.states import DeviceStep, ServiceStep
from nh_otp.access import Role
from nh_otp.four_eyes.models import Approval
from nh_otp.four_eyes.states import ApprovalKind, ApprovalStep
from nh_otp.gateways.otp_verifier import CodeCheck, CodePair, Purpose, Verdict
from tests.devices.verifier.desk import Desk, desk, verifier
from tests.factories.cast import staff, voucher

KINDS = {ServiceKind.UNLOCK: ApprovalKind.UNLOCK, ServiceKind.RESYNC: ApprovalKind.WIDE_RESYNC}


@dataclass
class Served:
    """The desk the device came from, and the service about it."""

    desk: Desk
    service: DeviceService
    purpose: Purpose

    def one(self, code: str) -> CodeCheck:
        return CodeCheck(self.desk.device.pk, self.service.pk, code, str(uuid.uuid4()), "E1", self.purpose)

    def pair(self, at: datetime, *, steps: int) -> CodePair:
        """The codes shown `steps` away from this moment and right before that."""
        first, second = self.desk.code(at, steps=steps - 1), self.desk.code(at, steps=steps)
        return CodePair(self.desk.device.pk, self.service.pk, first, second, str(uuid.uuid4()), "E1", self.purpose)

    def decided(self, verdict: Verdict, *, step: ApprovalStep = ApprovalStep.APPROVE) -> None:
        """A second person has spoken about what the verifier found."""
        case = self.desk.case
        self.service.write(verification_id=verdict.verification, identity=case.identity)
        self.service.take(ServiceStep.SUBMIT)
        request = Approval.objects.create(
            kind=KINDS[ServiceKind(self.service.kind)],
            subject=self.service.pk,
            branch=case.branch,
            digest="0" * 64,
            maker=case.owner,
            maker_person=case.owner.person_no,
            requested_at=timezone.now(),
            lapses_at=timezone.now(),
        )
        decider: Staff = staff(Role.SUPERVISOR, at=case.branch)
        request.take(
            step,
            decider_id=decider.pk,
            decider_person=decider.person_no,
            decided_at=timezone.now(),
            **({} if step is ApprovalStep.APPROVE else {"reason": "ID_MISMATCH"}),
        )
        self.service.take(ServiceStep(step.value))


def in_use(kind: ServiceKind, *, at: datetime) -> Served:
    """A device its customer uses; for an unlock it was locked by ten wrong codes."""
    here = desk()
    here.device.move(DeviceStep.REGISTER, voucher(at), registered_at=at, till=None)
    if kind is ServiceKind.UNLOCK:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE code_counter SET failures = 10 WHERE device_id = %s", [here.device.pk])
        here.device.take(DeviceStep.LOCK)
    service = DeviceService.objects.create(
        number=f"S-{uuid.uuid4().hex[:12]}",
        kind=kind,
        branch=here.case.branch,
        owner=here.case.owner,
        customer=here.case.customer,
        device=here.device,
        opened_at=at,
    )
    return Served(here, service, Purpose(kind.value))


def counter(of: Served) -> Counter:
    return Counter.objects.get(device=of.desk.device)


__all__ = ["Served", "counter", "in_use", "verifier"]
