"""Cases that wait for their first code, made in bulk; their devices came in as a real seed file."""

from __future__ import annotations

import os
import tempfile
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from branches.models import (
    Approval,
    Branch,
    Channel,
    CheckResult,
    Customer,
    DocumentKind,
    FeeMethod,
    FeeState,
    Gender,
    IdentityCheck,
    LegalEntity,
    LossKind,
    LossReport,
    Reason,
    ReissueCase,
    Staff,
    Terminal,
)
from branches.models.session import SessionStore
from branches.queries import evidence
from branches.states import ApprovalState, CaseState
from devices.models import Device, DeviceState, Holding, Move, Product, ProductKind, Vendor
from nh_otp import gateways
from nh_otp.access import Role
from nh_otp.gateways.otp_verifier import LotHeader
from nh_otp.gateways.simulators.seed_vendor import MadeDevice, make_devices, write_pskc

VENDOR, PRODUCT, BRANCH = "101", "BENCH", "000001"
BARE_ROWS = 200
PERIOD = 60


class Waiting(NamedTuple):
    """A case whose new device's first code is expected, and that device."""

    case: uuid.UUID
    device: MadeDevice


def organisation() -> tuple[Branch, Staff, Staff]:
    """One branch with a teller and a supervisor, a product, and the rows the baseline touches."""
    entity = LegalEntity.objects.create(code="100", name="가온은행")
    branch = Branch.objects.create(code=BRANCH, name="측정", entity=entity)
    Terminal.objects.bulk_create(
        Terminal(code=f"{BRANCH}-{n}", name=f"{n}번 창구", branch=branch) for n in range(BARE_ROWS)
    )
    vendor = Vendor.objects.create(code=VENDOR, name="측정")
    Product.objects.create(vendor=vendor, code=PRODUCT, name="측정", kind=ProductKind.TOKEN, digits=6, period=PERIOD)
    teller, supervisor = (
        Staff.objects.create(
            staff_no=f"E{n}", person_no=f"P{n}", name="측정", title="계장", role=role, branch=branch, password="!"
        )
        for n, role in enumerate((Role.TELLER, Role.SUPERVISOR), 1)
    )
    return branch, teller, supervisor


def import_devices(prefix: int, count: int) -> list[MadeDevice]:
    """A seed file through the verifier, as the bank gets them."""
    key = os.urandom(32)
    made = list(make_devices([f"{prefix}{n:07d}" for n in range(count)]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lot.xml"
        write_pskc(path, made, transport_key=key)
        header = LotHeader(VENDOR, PRODUCT, BRANCH, None, key, "bench")
        with path.open("rb") as body:
            gateways.otp_verifier().seal_lot(header, body)
    return made


@transaction.atomic
def waiting(branch: Branch, teller: Staff, supervisor: Staff, *, prefix: int, made: list[MadeDevice]) -> list[Waiting]:
    """One approved and paid case per device."""
    at = timezone.now()
    Device.objects.filter(serial__in=[d.serial for d in made]).update(
        state=DeviceState.RESERVED, till=teller, moves=F("moves") + 1, moved_how=Move.HAND
    )
    new = {device.serial: device for device in Device.objects.filter(serial__in=[d.serial for d in made])}
    customers = Customer.objects.bulk_create(_customer(branch, prefix, n) for n in range(len(made)))
    old = _old_devices(branch, customers, prefix, at)
    reports = LossReport.objects.bulk_create(
        LossReport(
            number=f"L-{prefix}-{n:06d}",
            customer=customer,
            kind=LossKind.LOST,
            channel=Channel.COUNTER,
            branch=branch,
            receiver=teller,
        )
        for n, customer in enumerate(customers)
    )
    cases = ReissueCase.objects.bulk_create(
        _case(branch, teller, f"RI-{prefix}-{n:06d}", customers[n], old[n], reports[n], at) for n in range(len(made))
    )
    checks = IdentityCheck.objects.bulk_create(_identity(case, teller, branch, at) for case in cases)
    for case, check, device in zip(cases, checks, made, strict=True):
        case.identity, case.new_device = check, new[device.serial]
    ReissueCase.objects.bulk_update(cases, ["identity", "new_device"], batch_size=500)
    for state in (CaseState.AWAITING_APPROVAL, CaseState.APPROVED):
        ReissueCase.objects.filter(number__startswith=f"RI-{prefix}-").update(state=state)
    _approve(cases, teller, supervisor, at)
    return [Waiting(case.pk, device) for case, device in zip(cases, made, strict=True)]


def _customer(branch: Branch, prefix: int, n: int) -> Customer:
    person = Customer(
        number=f"{prefix}{n:07d}",
        entity_id=branch.entity_id,
        home_branch=branch,
        birth_on=date(1984, 3, 12),
        gender=Gender.NONE,
    )
    person.keep(name="측정용", phone=f"0100000{n:04d}", account=f"3010000{n:06d}")
    return person


def _old_devices(branch: Branch, customers: list[Customer], prefix: int, at: datetime) -> list[Device]:
    product = Product.objects.get(code=PRODUCT)
    devices = Device.objects.bulk_create(
        Device(
            vendor_id=product.vendor_id,
            product=product,
            serial=f"OLD{prefix}{n:07d}",
            state=DeviceState.IN_STOCK,
            branch=branch,
            valid_from=date(2024, 1, 1),
            valid_until=date(2029, 1, 1),
            moved_at=at,
            moved_by="bench",
        )
        for n in range(len(customers))
    )
    for state in (DeviceState.RESERVED, DeviceState.IN_USE, DeviceState.SUSPENDED):
        Device.objects.filter(serial__startswith=f"OLD{prefix}").update(state=state, moves=F("moves") + 1, moved_at=at)
    Holding.objects.bulk_create(
        Holding(device=device, customer=customer, began_at=at - timedelta(days=500))
        for device, customer in zip(devices, customers, strict=True)
    )
    return devices


def _case(
    branch: Branch, teller: Staff, number: str, customer: Customer, old: Device, report: LossReport, at: datetime
) -> ReissueCase:
    return ReissueCase(
        number=number,
        branch=branch,
        customer=customer,
        reason=Reason.LOST,
        kind=ProductKind.TOKEN,
        state=CaseState.IN_PROGRESS,
        owner=teller,
        old_device=old,
        loss_report=report,
        documents=["APPLICATION", "ID_COPY", "LOSS_FORM"],
        phishing_answers=[False, False, False],
        paperwork_at=at,
        fee_won=5000,
        fee_sentence="분실 재발급 수수료는 5,000원입니다.",
        fee_state=FeeState.COLLECTED,
        fee_method=FeeMethod.CASH,
        fee_transaction_no="T",
        fee_collected_at=at,
        opened_at=at,
        approved_at=at,
    )


def _identity(case: ReissueCase, teller: Staff, branch: Branch, at: datetime) -> IdentityCheck:
    return IdentityCheck(
        case=case,
        document=DocumentKind.RESIDENT_CARD,
        name_matched=True,
        birth_matched=True,
        photo_matched=True,
        result=CheckResult.GENUINE,
        transaction_id=uuid.uuid4().hex,
        answered_at=at,
        checked_at=at,
        checked_by=teller,
        branch=branch,
    )


def _approve(cases: list[ReissueCase], teller: Staff, supervisor: Staff, at: datetime) -> None:
    requests = Approval.objects.bulk_create(
        Approval(
            case=case,
            subject=case.pk,
            branch_id=case.branch_id,
            digest=evidence.digest(case),
            maker=teller,
            maker_person=teller.person_no,
            requested_at=at,
            lapses_at=at + timedelta(minutes=30),
        )
        for case in cases
    )
    Approval.objects.filter(pk__in=[request.pk for request in requests]).update(
        state=ApprovalState.APPROVED, decider=supervisor, decider_person=supervisor.person_no, decided_at=at
    )


def session(staff: Staff) -> str:
    """A session with both factors proven, as after signing in; returns its key."""
    now = timezone.now().timestamp()
    store = SessionStore()
    store.update(
        {
            SESSION_KEY: str(staff.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[1],
            HASH_SESSION_KEY: staff.get_session_auth_hash(),
            "account_authentication_methods": [{"method": "mfa", "at": now}],
            "began": now,
            "seen": now,
        }
    )
    store.create()
    return store.session_key or ""
