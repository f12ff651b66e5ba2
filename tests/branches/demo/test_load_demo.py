"""`manage.py load_demo`: when it works, when it leaves the house alone, and a whole case with what it loaded."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from branches.commands.approval import approve_case, load, submit_case
from branches.commands.loss import report_loss
from branches.commands.paperwork import collect_fee, record_paperwork
from branches.commands.reissue import assign_device, open_case
from branches.errands.first_code import first_code
from branches.errands.identity import check_identity
from branches.management.demo import organisation, papers, people
from branches.models import (
    Customer,
    DocumentKind,
    FeeMethod,
    LossKind,
    LossReport,
    Reason,
    ReissueCase,
    Staff,
)
from branches.queries import evidence
from branches.queries.paperwork import papers_for
from branches.states import CaseState
from devices.models import Device, DeviceState, Holding
from nh_otp.access import Actor, Role
from nh_otp.audit.models import AuditEntry
from nh_otp.errors import Unavailable
from nh_otp.gateways.otp_verifier import Outcome
from nh_otp.gateways.simulators.demo_files import DemoDevice, Watched
from nh_otp.outbox.models import OutboxMessage
from tests.factories.cast import staff

SMALL = {"customers": 21, "devices": 90}
NEW_SERIAL = "261100483317"


@pytest.fixture
def folder(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NH_OTP_DEMO_DIR", str(tmp_path / "demo"))
    return tmp_path / "demo"


def counts() -> dict[str, int]:
    tables = (Staff, Customer, Device, Holding, ReissueCase, LossReport, OutboxMessage, AuditEntry)
    return {table.__name__: table._default_manager.count() for table in tables}


def test_a_second_run_changes_nothing(folder: Path) -> None:
    call_command("load_demo", **SMALL)
    before, files = counts(), {path: path.stat() for path in folder.iterdir()}

    call_command("load_demo", **SMALL)

    assert counts() == before
    assert {path: path.stat() for path in folder.iterdir()} == files


def test_a_house_where_somebody_works_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    staff(Role.TELLER)

    call_command("load_demo", **SMALL)

    assert capsys.readouterr().out == "직원이 이미 있어 시연 자료를 넣지 않았습니다.\n"
    assert (Staff.objects.count(), Customer.objects.count(), Device.objects.count()) == (1, 0, 0)


def test_a_start_that_was_interrupted_is_finished_by_the_next_one(folder: Path, settings: Settings) -> None:
    whole = dict(settings.GATEWAYS)
    settings.GATEWAYS = whole | {"otp_verifier": "tests.branches.demo.verifiers.Dies"}
    with pytest.raises(Unavailable):
        call_command("load_demo", **SMALL)
    assert (Staff.objects.count(), Holding.objects.count(), ReissueCase.objects.count()) == (30, 0, 0)

    settings.GATEWAYS = whole
    call_command("load_demo", **SMALL)

    assert Device.objects.count() == 23 + 90
    assert (Staff.objects.count(), Customer.objects.count(), Holding.objects.count()) == (30, 21, 23)
    assert (ReissueCase.objects.count(), LossReport.objects.count()) == (4, 4)
    assert not list(folder.glob("*.xml"))


def test_production_gets_no_demo(folder: Path, settings: Settings) -> None:
    settings.DEMO = False

    with pytest.raises(CommandError, match="시연 모드"):
        call_command("load_demo", **SMALL)

    assert Staff.objects.count() == 0


def test_fewer_customers_than_the_stories_need_are_refused(folder: Path) -> None:
    with pytest.raises(CommandError, match="21명 이상"):
        call_command("load_demo", customers=20)

    assert Staff.objects.count() == 0


def test_neither_people_nor_secrets_are_named_in_output_or_logs(
    folder: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    call_command("load_demo", **SMALL)

    said = capsys.readouterr().out + caplog.text
    known = people.known(timezone.localdate())
    devices = Watched(folder / papers.DEVICES, DemoDevice).lines()
    secret = {*(device.secret_base32 for device in devices), organisation.PASSWORD}
    names = {*(person.name for person in known), *(post.name for post in organisation.POSTS)}
    assert [word for word in names | secret | {person.phone for person in known if person.phone} if word in said] == []
    assert said.count("\n") == 1


def acting(staff_no: str) -> Actor:
    person = Staff.objects.select_related("branch", "terminal").get(staff_no=staff_no)
    return replace(person.actor(), stepped_up_at=timezone.now())


def ready_for_approval(teller: Actor, seoyeon: Customer) -> ReissueCase:
    old = Device.objects.get(holdings__customer=seoyeon)
    report_loss(by=teller, customer_ref=seoyeon.pk, devices=[old.pk], kind=LossKind.LOST)
    case = open_case(by=teller, customer_ref=seoyeon.pk, reason=Reason.LOST, old_device=old.pk)
    check_identity(
        by=teller,
        case_ref=case.pk,
        document=DocumentKind.RESIDENT_CARD,
        name="김서연",
        birth_on=people.SEOYEON_BORN_ON,
        photo_matched=True,
    )
    record_paperwork(
        by=teller,
        case_ref=case.pk,
        documents=list(papers_for(Reason.LOST)),
        phishing_answers=[False, False, False],
        consent=True,
        fee_method=FeeMethod.CASH,
    )
    assign_device(by=teller, case_ref=case.pk, serial=NEW_SERIAL)
    return submit_case(by=teller, case_ref=case.pk)


def test_the_case_of_the_mockups_runs_from_loss_to_registration_with_the_virtual_device(folder: Path) -> None:
    call_command("load_demo", **SMALL)
    teller, supervisor = acting(organisation.HANEUL), acting(organisation.JEONGWOO)
    seoyeon = Customer.objects.get(number=people.SEOYEON)
    (device,) = [each for each in Watched(folder / papers.DEVICES, DemoDevice).lines() if each.serial == NEW_SERIAL]
    case = load(ready_for_approval(teller, seoyeon).pk)
    flags = evidence.flags(case, at=timezone.now())
    seen = evidence.seen(evidence.digest(case), flags)

    approve_case(by=supervisor, case_ref=case.pk, seen=seen, flags=flags)
    collect_fee(by=teller, case_ref=case.pk, method=FeeMethod.CASH, transaction_no="T-1")
    answer = first_code(by=teller, case_ref=case.pk, code=device.code(int(timezone.now().timestamp())))

    assert flags == [evidence.Flag.CONTACT_CHANGED]
    assert (answer.verdict.outcome, answer.case.state) == (Outcome.MATCH, CaseState.REGISTERED)
    assert Device.objects.get(serial=NEW_SERIAL).state == DeviceState.IN_USE
