"""A desk with real devices: their seeds came in through the verifier, their secrets are known to the test alone."""

from __future__ import annotations

import io
import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from branches.models import Branch, CheckResult, DocumentKind, IdentityCheck, Reason, ReissueCase, Staff
from branches.states import CaseState, CaseStep
from devices import otp
from devices.models import Device, Product, ProductKind, Vendor
from devices.states import Algorithm, DeviceStep
from devices.verifier import Verifier
from devices.verifier.seeds import Seeds
from nh_otp.access import Role
from nh_otp.gateways.otp_verifier import CodeCheck, LotHeader, LotReceipt
from nh_otp.gateways.simulators.seed_vendor import MadeDevice, make_devices, write_pskc
from nh_otp.vault import read_ring
from tests.factories.cast import branch, customer, staff

TRANSPORT_KEY = b"k" * 32


def verifier(*, at: datetime | None = None, patience: timedelta = timedelta(seconds=2)) -> Verifier:
    """The verifier in this process, at a moment that stands still if given."""
    seeds = Seeds(read_ring(settings.SEED_KEYS_FILE))
    return Verifier(seeds, clock=(lambda: at) if at else timezone.now, patience=patience)


def pskc_file(devices: Sequence[MadeDevice], *, key: bytes = TRANSPORT_KEY) -> bytes:
    """What the vendor sends."""
    with TemporaryDirectory() as folder:
        write_pskc(Path(folder) / "lot.xml", devices, transport_key=key)
        return (Path(folder) / "lot.xml").read_bytes()


def header(of: Product, at: Branch, /, **changes: object) -> LotHeader:
    values: dict[str, object] = {
        "vendor": of.vendor.code,
        "product": of.code,
        "branch_code": at.code,
        "till": None,
        "key": TRANSPORT_KEY,
        "imported_by": "system:import_devices",
    }
    return LotHeader(**values | changes)  # type: ignore[arg-type]  # the values of a test's choice


def made(*serials: str, **changes: object) -> list[MadeDevice]:
    return list(make_devices(serials, **changes))  # type: ignore[arg-type]  # the values of a test's choice


@dataclass
class Desk:
    """One approved case whose new device is reserved; `device` and `secret` are that device's."""

    case: ReissueCase
    device: Device
    secret: bytes
    staff_no: str

    def code(self, at: datetime, *, steps: int = 0) -> str:
        """What the customer's device shows `steps` away from this moment."""
        product = self.device.product
        parameters = otp.Parameters(Algorithm(product.algorithm), product.digits, product.period)
        return otp.code_at(self.secret, parameters, otp.step_at(at, product.period) + steps)

    def wrong(self, at: datetime) -> str:
        """A code that this device shows nowhere near this moment."""
        shown = {self.code(at, steps=steps) for steps in range(-80, 81)}
        return next(code for code in (f"{number:06d}" for number in range(1000)) if code not in shown)

    def asks(self, code: str, *, once: UUID | None = None, case: UUID | None = None) -> CodeCheck:
        return CodeCheck(
            device=self.device.pk,
            subject=case or self.case.pk,
            code=code,
            once=str(once or uuid.uuid4()),
            staff_no=self.staff_no,
        )


def product(**changes: object) -> Product:
    """A product of the one vendor, with a code of its own so that its parameters may be chosen."""
    vendor = Vendor.objects.get_or_create(code="101", defaults={"name": "한빛보안"})[0]
    values = {"name": "한빛 토큰", "kind": ProductKind.TOKEN, "digits": 6, "period": 60} | changes
    return Product.objects.create(vendor=vendor, code=f"HB-{uuid.uuid4().hex[:8]}", **values)


def sealed(devices: Sequence[MadeDevice], *, of: Product, at: Branch, **changes: object) -> LotReceipt:
    """These devices come into the branch's stock."""
    return verifier().seal_lot(header(of, at, **changes), io.BytesIO(pskc_file(devices)))


def desks(count: int, *, digits: int = 6, period: int = 60) -> list[Desk]:
    """So many approved cases, each with a device of its own from one lot."""
    home, kind = branch(), product(digits=digits, period=period)
    teller = staff(Role.TELLER, at=home)
    file = [
        MadeDevice(f"{uuid.uuid4().int % 10**12:012d}", os.urandom(20), digits=digits, period=period)
        for _ in range(count)
    ]
    sealed(file, of=kind, at=home)
    return [_approved(each, home=home, teller=teller) for each in file]


def desk(*, digits: int = 6, period: int = 60) -> Desk:
    return desks(1, digits=digits, period=period)[0]


def _approved(device: MadeDevice, *, home: Branch, teller: Staff) -> Desk:
    new = Device.objects.select_related("product").get(serial=device.serial)
    new.take(DeviceStep.RESERVE)
    case = ReissueCase.objects.create(
        number=f"RI-{uuid.uuid4().hex[:12]}",
        branch=home,
        customer=customer(at=home),
        reason=Reason.DEFECT,
        kind=ProductKind.TOKEN,
        state=CaseState.IN_PROGRESS,
        owner=teller,
        new_device=new,
        paperwork_at=timezone.now(),
        opened_at=timezone.now(),
    )
    case.take(CaseStep.SUBMIT, identity=_genuine(case, teller))
    case.take(CaseStep.APPROVE, approved_at=timezone.now())
    return Desk(case, new, device.secret, teller.staff_no)


def _genuine(case: ReissueCase, teller: Staff) -> IdentityCheck:
    return IdentityCheck.objects.create(
        case=case,
        document=DocumentKind.RESIDENT_CARD,
        name_matched=True,
        birth_matched=True,
        photo_matched=True,
        result=CheckResult.GENUINE,
        transaction_id="T-1",
        answered_at=timezone.now(),
        checked_at=timezone.now(),
        checked_by=teller,
        branch=case.branch,
    )
