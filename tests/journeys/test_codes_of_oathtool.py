"""Devices of a vendor's own file: another program computes the code from its secret, and it opens the case."""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from nh_otp.gateways.simulators.seed_vendor import MadeDevice, make_devices, write_pskc
from nh_otp.launcher.work_folder import CHECKOUT
from tests.journeys.desk import Desk, approved_case
from tests.journeys.product import BRANCH, PRODUCT, VENDOR, Product

pytestmark = pytest.mark.e2e


def delivered(folder: Path) -> tuple[Path, Path, list[MadeDevice]]:
    """A seed file, its transport key and what is in it; the secrets are random."""
    first = 269_900_000_000 + secrets.randbelow(99_999_000)
    today = date.today()  # noqa: DTZ011 – the vendor's own calendar
    made = list(
        make_devices(
            (str(first + number) for number in range(3)),
            starts_on=today - timedelta(days=30),
            expires_on=today + timedelta(days=1500),
        )
    )
    key, file, key_file = secrets.token_bytes(32), folder / "lot.pskcxml", folder / "transport.key"
    write_pskc(file, made, transport_key=key)
    key_file.write_text(base64.b64encode(key).decode() + "\n")
    return file, key_file, made


def import_devices(product: Product, file: Path, key_file: Path, *, till: str) -> str:
    """By the operator at a shell, with the environment of the launcher's own processes."""
    where = {"--vendor": VENDOR, "--product": PRODUCT, "--branch": BRANCH, "--till": till, "--key-file": key_file}
    options = [str(part) for pair in where.items() for part in pair]
    done = subprocess.run(
        [sys.executable, "manage.py", "import_devices", str(file), *options],
        cwd=CHECKOUT,
        env=dict(product.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def code_of(device: MadeDevice) -> str:
    """By Debian's oathtool; the secret goes in by a pipe."""
    shape = ["--totp=sha1", f"--time-step-size={device.period}s", f"--digits={device.digits}"]
    said = subprocess.run(
        ["oathtool", *shape, "-"], input=device.secret.hex() + "\n", capture_output=True, text=True, check=True
    )
    return said.stdout.strip()


def test_a_code_of_oathtool_registers_a_device_of_an_imported_file(
    product: Product, teller: Desk, supervisor: Desk, tmp_path: Path
) -> None:
    file, key_file, made = delivered(tmp_path)
    customer, new = product.customer(), made[1]

    said = import_devices(product, file, key_file, till=teller.staff_no)
    case = approved_case(teller, supervisor, customer, new.serial)
    registered = teller.form(f"{case}first-code/", code=code_of(new))

    assert "3" in said
    assert registered.onward == case
    assert product.state_of(customer.serial, *(each.serial for each in made)) == [
        "RETIRED",
        "IN_STOCK",
        "IN_USE",
        "IN_STOCK",
    ]


def test_the_code_of_a_neighbour_does_not_register_a_device(
    product: Product, teller: Desk, supervisor: Desk, tmp_path: Path
) -> None:
    file, key_file, made = delivered(tmp_path)
    customer = product.customer()
    import_devices(product, file, key_file, till=teller.staff_no)
    case = approved_case(teller, supervisor, customer, made[0].serial)

    refused = teller.form(f"{case}first-code/", code=code_of(made[1]))

    assert refused.status == 422
    assert product.state_of(customer.serial, made[0].serial) == ["SUSPENDED", "RESERVED"]
