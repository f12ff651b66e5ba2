from __future__ import annotations

import base64
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from devices.errands.seeds import import_lot
from devices.models import Device, Product
from nh_otp.access import Role
from nh_otp.audit.models import AuditRow
from nh_otp.errors import NotAllowed
from tests.devices.verifier.desk import TRANSPORT_KEY, header, made, product, pskc_file
from tests.factories.cast import acting, branch, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind() -> Product:
    return product()


def imported(folder: Path, kind: Product, *more: str, key: bytes = TRANSPORT_KEY) -> str:
    file, key_file, said = folder / "lot.xml", folder / "transport.key", StringIO()
    file.write_bytes(pskc_file(made("260000000001", "260000000002")))
    key_file.write_text(base64.b64encode(key).decode() + "\n")
    known = {"vendor": kind.vendor.code, "product": kind.code, "branch": branch().code, "key-file": str(key_file)}
    call_command("import_devices", str(file), *(f"--{k}={v}" for k, v in known.items()), *more, stdout=said)
    return said.getvalue()


def test_a_custodian_imports_a_file_and_both_sides_leave_an_entry(tmp_path: Path, kind: Product) -> None:
    said = imported(tmp_path, kind, f"--till={staff(Role.TELLER, at=branch()).staff_no}")

    assert said.startswith("기기 2개를 등록했습니다.")
    assert Device.objects.count() == 2
    entries = AuditRow.objects.order_by("at").values_list("action", "outcome", "staff_no")
    assert list(entries) == [
        ("seeds.asked", "DONE", "system:import_devices"),
        ("seeds.imported", "DONE", "system:verifier"),
    ]


def test_a_custodian_is_told_by_name_why_a_file_stays_outside(tmp_path: Path, kind: Product) -> None:
    with pytest.raises(CommandError, match=r"seed_file\.wrong_key"):
        imported(tmp_path, kind, key=b"x" * 32)
    with pytest.raises(CommandError, match=r"seeds\.unknown_product"):
        imported(tmp_path, kind, "--product=NONE")

    assert not Device.objects.exists()


def test_a_key_file_that_is_no_key_is_refused_without_quoting_it(tmp_path: Path, kind: Product) -> None:
    (tmp_path / "strange").write_text("not base64!")
    with pytest.raises(CommandError, match="base64") as refusal:
        imported(tmp_path, kind, f"--key-file={tmp_path / 'strange'}")
    with pytest.raises(CommandError, match="읽을 수 없습니다"):
        imported(tmp_path, kind, f"--key-file={tmp_path / 'absent'}")

    assert "not" not in str(refusal.value)


def test_a_teller_imports_no_devices(tmp_path: Path, kind: Product) -> None:
    (tmp_path / "lot.xml").write_bytes(pskc_file(made("260000000001")))

    with (tmp_path / "lot.xml").open("rb") as file, pytest.raises(NotAllowed):
        import_lot(by=acting(staff(Role.TELLER)), header=header(kind, branch()), file=file)

    assert not Device.objects.exists()
