"""The people and things of a test, each with the minimum it needs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count

from django.utils import timezone

from branches.commands.approval import approve_case, load, submit_case
from branches.commands.first_code import register_case
from branches.commands.loss import report_loss
from branches.commands.paperwork import collect_fee, record_paperwork
from branches.commands.reissue import assign_device, open_case
from branches.models import (
    Branch,
    CheckResult,
    Customer,
    DocumentKind,
    FeeMethod,
    FeeRule,
    Gender,
    IdentityCheck,
    LegalEntity,
    LossReport,
    Reason,
    ReissueCase,
    Staff,
    Terminal,
)
from branches.models.loss import LossKind
from branches.queries import evidence
from branches.queries.paperwork import papers_for
from devices.models import CheckOutcome, CodeCheck, Counter, Device, Holding, Product, ProductKind, Vendor, Voucher
from devices.states import DeviceState, DeviceStep
from nh_otp.access import Actor, Role

_numbers = count(1)


def entity(code: str = "100") -> LegalEntity:
    return LegalEntity.objects.get_or_create(code=code, defaults={"name": f"가온은행 {code}"})[0]


def branch(code: str = "001234", *, of: LegalEntity | None = None) -> Branch:
    found = Branch.objects.filter(code=code).first()
    return found or Branch.objects.create(code=code, name=f"지점{code[-2:]}", entity=of or entity())


def staff(role: Role, *, at: Branch | None = None, person_no: str = "") -> Staff:
    number = f"E{next(_numbers):05d}"
    home = at or branch()
    terminal = Terminal.objects.get_or_create(code=f"{home.code}-01", defaults={"name": "1번 창구", "branch": home})[0]
    return Staff.objects.create(
        staff_no=number,
        person_no=person_no or f"P{number}",
        name="이하늘",
        title="계장",
        role=role,
        branch=home,
        terminal=terminal,
        password="!",
    )


def acting(person: Staff) -> Actor:
    """The person at work, second factor given just now."""
    return replace(person.actor(), stepped_up_at=timezone.now())


def customer(
    *, at: Branch | None = None, name: str = "김서연", phone: str = "010-2345-3481", account: str = "301-0123-4567-82"
) -> Customer:
    home = at or branch()
    person = Customer(
        number=f"K{next(_numbers):06d}",
        entity=home.entity,
        home_branch=home,
        birth_on=date(1984, 3, 12),
        gender=Gender.FEMALE,
    )
    person.keep(name=name, phone=phone, account=account)
    person.save(force_insert=True)
    return person


def product(kind: ProductKind = ProductKind.TOKEN) -> Product:
    vendor = Vendor.objects.get_or_create(code="101", defaults={"name": "한빛보안"})[0]
    return Product.objects.get_or_create(
        code=f"HB-{kind}", defaults={"vendor": vendor, "name": "한빛 토큰", "kind": kind, "digits": 6, "period": 60}
    )[0]


def voucher(at: datetime | None = None) -> Voucher:
    """A reason to move a device that no test looks at."""
    return Voucher("E00000", "", at or timezone.now())


def device(*, at: Branch, till: Staff | None = None, months: int = 48, serial: str = "") -> Device:
    made, today = product(), timezone.localdate()
    thing = Device.objects.create(
        vendor=made.vendor,
        product=made,
        serial=serial or f"26110048{next(_numbers):04d}",
        state=DeviceState.IN_STOCK,
        branch=at,
        till=till,
        valid_from=today - timedelta(days=30),
        valid_until=today + timedelta(days=30 * months),
        moved_at=timezone.now(),
        moved_by="E00000",
    )
    Counter.objects.create(device=thing)
    return thing


def held_device(by: Customer) -> Device:
    thing = device(at=by.home_branch)
    thing.take(DeviceStep.RESERVE)
    began = timezone.now() - timedelta(days=700)
    thing.move(DeviceStep.REGISTER, voucher(began), registered_at=began, till=None)
    Holding.objects.create(device=thing, customer=by, began_at=began)
    return thing


def fee_rule(won: int = 5000, *, reason: Reason = Reason.LOST) -> FeeRule:
    in_force = FeeRule.objects.filter(kind=ProductKind.TOKEN, reason=reason).first()
    return in_force or FeeRule.objects.create(
        kind=ProductKind.TOKEN,
        reason=reason,
        in_force=(date(2020, 1, 1), None),
        won=won,
        sentence=f"분실 재발급 수수료는 {won:,}원입니다.",
    )


@dataclass
class Cast:
    """One branch on an ordinary day: a teller with a till, a supervisor, a customer who lost a device."""

    home: Branch = field(default_factory=branch)
    _steps: int = 0

    def __post_init__(self) -> None:
        self.teller = staff(Role.TELLER, at=self.home)
        self.supervisor = staff(Role.SUPERVISOR, at=self.home)
        self.customer = customer(at=self.home)
        self.old_device = held_device(self.customer)
        self.new_device = device(at=self.home, till=self.teller)
        self.fee_rule = fee_rule()

    @property
    def at_the_desk(self) -> Actor:
        return acting(self.teller)

    @property
    def in_charge(self) -> Actor:
        return acting(self.supervisor)

    def another_device(self) -> Device:
        """One more device in the teller's till."""
        return device(at=self.home, till=self.teller)

    def reported(self) -> LossReport:
        """The customer has reported the old device lost."""
        return report_loss(
            by=self.at_the_desk, customer_ref=self.customer.pk, devices=[self.old_device.pk], kind=LossKind.LOST
        )

    def opened(self) -> ReissueCase:
        """A case is open for the lost device."""
        self.reported()
        return open_case(
            by=self.at_the_desk, customer_ref=self.customer.pk, reason=Reason.LOST, old_device=self.old_device.pk
        )

    def identified(self, case: ReissueCase) -> IdentityCheck:
        """The customer's identity document was genuine, here and today."""
        check = IdentityCheck.objects.create(
            case=case,
            document=DocumentKind.RESIDENT_CARD,
            name_matched=True,
            birth_matched=True,
            photo_matched=True,
            result=CheckResult.GENUINE,
            transaction_id=uuid.uuid4().hex,
            answered_at=timezone.now(),
            checked_at=timezone.now(),
            checked_by=self.teller,
            branch=self.home,
        )
        ReissueCase.objects.filter(pk=case.pk).update(identity=check)
        return check

    def prepared(self) -> ReissueCase:
        """Tasks 1 to 4 are done."""
        case = self.opened()
        self.identified(case)
        record_paperwork(
            by=self.at_the_desk,
            case_ref=case.pk,
            documents=list(papers_for(case.reason)),
            phishing_answers=[False, False, False],
            consent=True,
            fee_method=FeeMethod.CASH,
        )
        return assign_device(by=self.at_the_desk, case_ref=case.pk, serial=self.new_device.serial)

    def submitted(self) -> ReissueCase:
        """The case waits for the supervisor."""
        return submit_case(by=self.at_the_desk, case_ref=self.prepared().pk)

    def seen(self, case: ReissueCase) -> str:
        """The digest of what a decider is shown at this moment."""
        shown = load(case.pk)
        return evidence.seen(evidence.digest(shown), evidence.flags(shown, at=timezone.now()))

    def approved(self) -> ReissueCase:
        """The supervisor approved and the fee is paid."""
        case = self.submitted()
        approve_case(by=self.in_charge, case_ref=case.pk, seen=self.seen(case))
        return collect_fee(by=self.at_the_desk, case_ref=case.pk, method=FeeMethod.CASH, transaction_no="T-0001")

    def verified(self, case: ReissueCase, *, at: datetime | None = None) -> CodeCheck:
        """The new device's first code was right a moment ago; the row the verifier leaves."""
        self._steps += 1
        return CodeCheck.objects.create(
            device_id=case.new_device_pk,
            case=case,
            once=uuid.uuid4(),
            outcome=CheckOutcome.MATCH,
            step=self._steps,
            claimed_at=at or timezone.now(),
        )

    def registered(self) -> ReissueCase:
        """The new device is in use and the old one retired."""
        case = self.approved()
        self.verified(case)
        return register_case(by=self.at_the_desk, case_ref=case.pk)
