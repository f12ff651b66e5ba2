"""The house after `load_demo`, loaded once as the application's own role, with the verifier in its own."""

import base64
import json
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from branches.commands.customer import find_customer
from branches.management.demo import organisation, papers, people
from branches.models import (
    Approval,
    Branch,
    Customer,
    FeeRule,
    LegalEntity,
    LossReport,
    Reason,
    ReissueCase,
    Staff,
    StaffCustomer,
)
from branches.queries.paperwork import fee_for
from branches.queries.search import Facts, understand
from branches.states import ApprovalState, CaseState
from devices import otp
from devices.models import Device, DeviceState, Holding, ProductKind
from devices.states import Algorithm
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.gateways.simulators.demo_files import DemoDevice, DemoStaff, Watched
from nh_otp.launcher import roles
from tests import settings as test_settings
from tests.databases import copied, pointed_at
from tests.pg_plugin import worker_database

GATEWAYS = test_settings.GATEWAYS | {"otp_verifier": "tests.branches.demo.verifiers.InItsOwnRole"}


@pytest.fixture(scope="module")
def folder(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Where the demo's files are, while Django looks at the loaded database."""
    name, folder = f"{worker_database()}_demo", tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        copied(name),
        pointed_at(name, roles.APP),
        override_settings(GATEWAYS=GATEWAYS),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("NH_OTP_DEMO_DIR", str(folder))
        call_command("load_demo", verbosity=0)
        yield folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_organisation_and_customers_are_counted(folder: Path) -> None:
    assert (LegalEntity.objects.count(), Branch.objects.count(), Staff.objects.count()) == (2, 8, 30)
    assert (Customer.objects.count(), StaffCustomer.objects.count()) == (200, 1)
    assert Customer.objects.filter(deceased=True).count() == 1
    assert Customer.objects.filter(payment_suspended=True).count() == 1
    assert Customer.objects.filter(e_banking_restricted=True).count() == 1


def test_every_device_came_in_through_the_verifier_and_is_where_it_should_be(folder: Path) -> None:
    states = Counter(Device.objects.values_list("state", flat=True))
    sealed = AuditRow.objects.filter(action="seeds.imported", outcome="DONE")

    assert sum(row.facts["count"] for row in sealed) == Device.objects.count() == len(lines(folder / papers.DEVICES))
    assert (states[DeviceState.IN_STOCK], states[DeviceState.RESERVED], states[DeviceState.SUSPENDED]) == (267, 3, 4)
    assert states[DeviceState.IN_USE] == Holding.objects.count() - 4
    assert Device.objects.filter(state=DeviceState.IN_STOCK, till=None).count() == 0


def test_every_customer_holds_a_device_registered_within_its_validity(folder: Path) -> None:
    now = timezone.now()

    holdings = Holding.objects.select_related("device")

    assert {holding.customer_id for holding in holdings} == set(Customer.objects.values_list("pk", flat=True))
    assert [
        holding.device.serial
        for holding in holdings
        if holding.began_at != holding.device.registered_at
        or not holding.device.valid_from < holding.began_at.date() < now.date() < holding.device.valid_until
    ] == []


def test_home_inbox_and_lists_have_something_to_show(folder: Path) -> None:
    cases = ReissueCase.objects.all()

    assert Counter(cases.values_list("state", flat=True)) == {
        CaseState.AWAITING_APPROVAL: 2,
        CaseState.IN_PROGRESS: 2,
    }
    assert set(cases.values_list("branch__code", flat=True)) == {organisation.SEJONGNO}
    assert Counter((row.state, *row.flags) for row in Approval.objects.all()) == {
        (ApprovalState.PENDING,): 1,
        (ApprovalState.PENDING, "CONTACT_CHANGED"): 1,
        (ApprovalState.RETURNED,): 1,
    }
    assert LossReport.objects.exclude(devices__in=cases.values("old_device")).count() == 3


def test_one_of_the_waiting_cases_was_made_by_the_supervisor_himself_in_his_other_account(folder: Path) -> None:
    supervisor = Staff.objects.get(staff_no=organisation.JEONGWOO)

    made = Approval.objects.filter(state=ApprovalState.PENDING, maker_person=supervisor.person_no)

    assert [request.maker.role for request in made] == [Role.TELLER]


def test_every_demo_person_can_act_and_sign_in_with_both_factors(folder: Path) -> None:
    secrets = {line["staff_no"]: line["totp_base32"] for line in lines(folder / papers.STAFF)}
    staff = list(Staff.objects.select_related("branch", "terminal"))
    factors = {factor.user_id: factor for factor in Authenticator.objects.filter(type=Authenticator.Type.TOTP)}

    assert {person.actor().role for person in staff} == set(Role) - {Role.SYSTEM, Role.ANONYMOUS}
    assert all(person.actor().terminal and person.actor().branch_id for person in staff)
    assert check_password(organisation.PASSWORD, staff[0].password)
    assert len({person.password for person in staff}) == 1
    assert [
        person.staff_no
        for person in staff
        if not factors[person.pk].wrap().validate_code(pyotp.TOTP(secrets[person.staff_no]).now())
    ] == []


def test_second_factors_are_sealed_in_the_database(folder: Path) -> None:
    secrets = {line["totp_base32"] for line in lines(folder / papers.STAFF)}

    stored = {factor.data["secret"] for factor in Authenticator.objects.all()}

    assert len(stored) == 30
    assert not any(secret in value for value in stored for secret in secrets)


def test_the_customer_of_the_mockups_is_found_and_has_nothing_open(folder: Path) -> None:
    teller = Staff.objects.select_related("branch", "terminal").get(staff_no=organisation.HANEUL).actor()
    facts = understand("ㄱㅅㅇ 840312", on=timezone.localdate())
    assert isinstance(facts, Facts)

    (seoyeon,) = find_customer(by=teller, facts=facts)

    held = Device.objects.get(holdings__customer=seoyeon)
    assert (seoyeon.number, seoyeon.name, held.serial, held.state) == (
        people.SEOYEON,
        "김서연",
        "210477310952",
        DeviceState.IN_USE,
    )
    assert seoyeon.phone.endswith("3481")
    assert seoyeon.account.endswith("82")
    assert ReissueCase.objects.filter(customer=seoyeon).count() == 0


@pytest.mark.parametrize(
    ("kind", "reason", "won"),
    [
        (ProductKind.TOKEN, Reason.LOST, 5_000),
        (ProductKind.TOKEN, Reason.STOLEN, 5_000),
        (ProductKind.TOKEN, Reason.LEAKED, 0),
        (ProductKind.CARD, Reason.LOST, 7_000),
        (ProductKind.CARD, Reason.STOLEN, 7_000),
        (ProductKind.CARD, Reason.BATTERY, 0),
    ],
)
def test_a_fee_rule_says_what_the_teller_reads_aloud(folder: Path, kind: ProductKind, reason: Reason, won: int) -> None:
    fee = fee_for(kind=kind, reason=reason, on=timezone.localdate())

    assert fee is not None
    assert fee.won == won
    assert (f"{won:,}원" if won else "받지 않습니다") in fee.sentence
    assert FeeRule.objects.count() == 16


def test_the_virtual_device_reads_the_files_and_shows_codes_that_our_arithmetic_accepts(folder: Path) -> None:
    at = timezone.now()
    made = {line["serial"]: line for line in lines(folder / papers.DEVICES)}
    devices = Watched(folder / papers.DEVICES, DemoDevice).lines()

    assert len(devices) == len(made)
    assert len(Watched(folder / papers.STAFF, DemoStaff).lines()) == 30
    for device in devices:
        parameters = otp.Parameters(Algorithm(device.algorithm), device.digits, device.period)
        seed, step = base64.b32decode(made[device.serial]["secret_base32"]), otp.step_at(at, device.period)
        shown = device.code(int(at.timestamp()))
        assert otp.match(seed, parameters, shown, around=step, window=0, drift=0) == step


def test_the_files_are_for_their_owner_only_and_no_seed_file_stays(folder: Path) -> None:
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert files == {papers.DEVICES: 0o600, papers.STAFF: 0o600, papers.SIGN_INS: 0o600}


def test_the_sign_ins_are_a_table_of_everybody(folder: Path) -> None:
    table = (folder / papers.SIGN_INS).read_text()

    assert [post.staff_no for post in organisation.POSTS if post.staff_no not in table] == []
    assert table.count(organisation.PASSWORD) == 30
    assert not any(line["totp_base32"] in table for line in lines(folder / papers.STAFF))
