"""Device services at every stage, and a verifier that knows one code and one pair of codes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from branches.commands.service import open_service, record_service_code
from branches.commands.service_decision import approve_service, load, submit_service
from branches.models import CheckResult, DocumentKind, IdentityCheck
from branches.queries import service_evidence
from devices.models import CheckOutcome, CodeCheck, Counter, DeviceService, ServiceKind
from devices.states import DeviceStep
from nh_otp.errors import Unavailable
from nh_otp.gateways.otp_verifier import CodeCheck as Question
from nh_otp.gateways.otp_verifier import CodePair, Outcome, Verdict
from nh_otp.policy import POLICY
from tests.factories.cast import Cast

RIGHT, NEXT, FAR_OFF, USED = "111111", "222222", "333333", "444444"
SMALL, LARGE = -120, -1500  # seconds the device's clock is off


def _proof(device: UUID, subject: UUID) -> CodeCheck:
    """The row the verifier leaves when codes match."""
    last = CodeCheck.objects.filter(device_id=device).count()
    return CodeCheck.objects.create(
        device_id=device,
        service_id=subject,
        once=uuid.uuid4(),
        outcome=CheckOutcome.MATCH,
        step=last + 1,
        claimed_at=timezone.now(),
    )


@dataclass
class ServingVerifier:
    """Stands in for the verifier process; `silent` is one that does not answer."""

    silent: bool = False
    settled: list[UUID] = field(default_factory=list)

    def check(self, question: Question) -> Verdict:
        if self.silent:
            raise Unavailable()
        if question.code == USED:
            return Verdict(Outcome.REUSED, None, 5)
        if question.code != RIGHT:
            return Verdict(Outcome.WRONG, None, 5)
        return Verdict(Outcome.MATCH, _proof(question.device, question.subject).pk, 5, 0)

    def resync(self, pair: CodePair) -> Verdict:
        known = {(RIGHT, NEXT): (Outcome.MATCH, SMALL), (RIGHT, FAR_OFF): (Outcome.NEEDS_DECISION, LARGE)}
        outcome, shift = known.get((pair.first, pair.second), (Outcome.WRONG, None))
        if shift is None:
            return Verdict(outcome, None, 5)
        return Verdict(outcome, _proof(pair.device, pair.subject).pk, 5, shift)

    def settle_service(self, service: UUID) -> None:
        if self.silent:
            raise Unavailable()
        row = DeviceService.objects.get(pk=service)
        Counter.objects.filter(device_id=row.device_id).update(failures=0)
        self.settled.append(service)


@dataclass
class Served:
    """The cast with the customer at the counter, the old device in hand."""

    cast: Cast

    def locked(self) -> Served:
        """The tenth wrong code in a row locked the device."""
        self.cast.old_device.take(DeviceStep.LOCK)
        Counter.objects.filter(device=self.cast.old_device).update(failures=POLICY.consecutive_tries)
        return self

    def opened(self, kind: ServiceKind = ServiceKind.UNLOCK) -> DeviceService:
        if kind == ServiceKind.UNLOCK:
            self.locked()
        cast = self.cast
        return open_service(by=cast.at_the_desk, customer_ref=cast.customer.pk, device=cast.old_device.pk, kind=kind)

    def identified(self, kind: ServiceKind = ServiceKind.UNLOCK) -> DeviceService:
        """The customer's identity document was genuine, here and today."""
        service = self.opened(kind)
        check = IdentityCheck.objects.create(
            service=service,
            document=DocumentKind.RESIDENT_CARD,
            name_matched=True,
            birth_matched=True,
            photo_matched=True,
            result=CheckResult.GENUINE,
            transaction_id=uuid.uuid4().hex,
            answered_at=timezone.now(),
            checked_at=timezone.now(),
            checked_by=self.cast.teller,
            branch=self.cast.home,
        )
        service.write(identity=check)
        return service

    def proven(self, kind: ServiceKind = ServiceKind.UNLOCK) -> DeviceService:
        """The device's codes matched; a clock to be corrected is far off."""
        service = self.identified(kind)
        row = _proof(service.device_id, service.pk)
        far = kind == ServiceKind.RESYNC
        verdict = Verdict(Outcome.NEEDS_DECISION if far else Outcome.MATCH, row.pk, 5, LARGE if far else 0)
        return record_service_code(by=self.cast.at_the_desk, service_ref=service.pk, verdict=verdict)

    def submitted(self, kind: ServiceKind = ServiceKind.UNLOCK) -> DeviceService:
        """The service waits for the supervisor."""
        return submit_service(by=self.cast.at_the_desk, service_ref=self.proven(kind).pk)

    def seen(self, service: DeviceService) -> str:
        """The digest of what a decider is shown at this moment."""
        return service_evidence.seen(load(service.pk), at=timezone.now())

    def approved(self, kind: ServiceKind = ServiceKind.UNLOCK) -> DeviceService:
        """The supervisor approved, and the verifier has not acted on it."""
        service = self.submitted(kind)
        return approve_service(by=self.cast.in_charge, service_ref=service.pk, seen=self.seen(service))
