"""The whole product, started as `make run` starts it, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pyotp

from nh_otp.launcher import roles
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.ports import free_ports
from nh_otp.launcher.work_folder import CHECKOUT

PATIENCE = 90.0  # seconds
BRANCH = "001001"
PRODUCT, VENDOR = "HB-T60", "101"
STAFF_PERIOD = 30  # seconds

SERVED_BY_NOBODY = """
SELECT c.id, c.birth_on, d.id, d.serial
FROM customer AS c JOIN holding AS h ON h.customer_id = c.id JOIN device AS d ON d.id = h.device_id
JOIN product AS p ON p.id = d.product_id JOIN branch AS b ON b.id = c.home_branch_id
WHERE d.state = 'IN_USE' AND p.code = %s AND b.code = %s AND c.type = 'INDIVIDUAL'
  AND NOT (c.deceased OR c.payment_suspended OR c.e_banking_restricted)
  AND NOT EXISTS (SELECT 1 FROM staff_customer AS s WHERE s.customer_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM reissue_case AS r WHERE r.customer_id = c.id)
  AND (SELECT count(*) FROM holding AS other WHERE other.customer_id = c.id) = 1
ORDER BY d.serial DESC LIMIT 1
"""
NEXT_IN_TILL = """
SELECT d.serial FROM device AS d JOIN staff AS s ON s.id = d.till_id JOIN product AS p ON p.id = d.product_id
WHERE d.state = 'IN_STOCK' AND p.code = %s AND s.staff_no = %s ORDER BY d.serial LIMIT 1
"""


@dataclass(frozen=True)
class Customer:
    """A customer of the demo with one token in use, nobody's case yet."""

    ref: str
    name: str
    birth_on: date
    device: str
    serial: str


@dataclass(frozen=True)
class Product:
    """A running house as a person with a browser, and an operator with a shell, see it."""

    address: str
    folder: Path
    seconds_to_first_page: float
    _steps: dict[str, int] = field(default_factory=dict)

    def rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        """What the database holds, read as its owner."""
        with self.connect() as owner:
            return owner.execute(query, given).fetchall()

    def connect(self) -> psycopg.Connection[Any]:
        cluster = Cluster(self.environment["DATABASE_URL"], self.folder / "secrets")
        return psycopg.connect(cluster.url(roles.OWNER), autocommit=True)

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """What the launcher tells the processes that work as nh_app."""
        (relay,) = self.processes("manage.py relay")
        told = Path(f"/proc/{relay}/environ").read_text().split("\0")
        return dict(pair.split("=", 1) for pair in told if pair)

    def processes(self, words: str) -> list[int]:
        """Processes of this house whose command line contains the words."""
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._is_ours(entry, words)]

    def _is_ours(self, entry: Path, words: str) -> bool:
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            return words in command and os.fsencode(self.folder) in (entry / "environ").read_bytes()
        except OSError:
            return False

    def kill(self, words: str) -> None:
        """`kill -9`, all of them."""
        for pid in self.processes(words):
            os.kill(pid, signal.SIGKILL)

    def customer(self) -> Customer:
        """Somebody whom nobody has served yet."""
        ((ref, birth_on, device, serial),) = self.rows(SERVED_BY_NOBODY, PRODUCT, BRANCH)
        label = next(d["label"] for d in self._demo("devices") if d["serial"] == serial)
        return Customer(str(ref), label.removesuffix(" 고객님"), birth_on, str(device), serial)

    def next_device(self, staff_no: str) -> str:
        """The serial number on the device that lies uppermost in a teller's till."""
        ((serial,),) = self.rows(NEXT_IN_TILL, PRODUCT, staff_no)
        return str(serial)

    def state_of(self, *serials: str) -> list[str]:
        """The states of these devices, in this order."""
        found = dict(self.rows("SELECT serial, state FROM device WHERE serial = ANY(%s)", list(serials)))
        return [found[serial] for serial in serials]

    def code(self, serial: str) -> str:
        """What the customer's device shows now."""
        return _get(f"{self.environment['NH_OTP_VIRTUAL_DEVICE_URL']}/devices/{serial}/code?vendor={VENDOR}")

    def second_factor(self, staff_no: str) -> str:
        """What the authenticator of this member of staff shows; each of its codes is taken once."""
        secret = next(s["totp_base32"] for s in self._demo("staff") if s["staff_no"] == staff_no)
        step = max(int(time.time()) // STAFF_PERIOD, self._steps.get(staff_no, 0) + 1)
        until(lambda: time.time() // STAFF_PERIOD + 1 >= step, "a new code of the authenticator")
        self._steps[staff_no] = step
        return pyotp.TOTP(secret).at(step * STAFF_PERIOD)

    def _demo(self, name: str) -> list[dict[str, str]]:
        return [json.loads(line) for line in (self.folder / "demo" / f"{name}.jsonl").read_text().splitlines()]

    def centre_heard(self, serial: str) -> list[str]:
        """What the shared centre was told about a device, in order, repetitions included."""
        log = json.loads(_get(f"{self.environment['NH_OTP_OTP_CENTRE_URL']}/log"))["messages"]
        return [row["verb"] for row in log if row["serial"] == serial]

    def centre_is(self, mode: str) -> None:
        """Switch the behaviour of the simulated centre."""
        _get(f"{self.environment['NH_OTP_OTP_CENTRE_URL']}/behaviour", json.dumps({"mode": mode}).encode())


@contextmanager
def running() -> Iterator[Product]:
    """Start the product and stop it by SIGINT, as Ctrl-C does."""
    with tempfile.TemporaryDirectory(prefix="nh-otp-journey-", ignore_cleanup_errors=True) as name:
        ours = ("NH_OTP_", "DATABASE_", "DJANGO_", "BROKER_")
        environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
        began, (port,) = time.monotonic(), free_ports(1)
        with subprocess.Popen(
            [sys.executable, "-m", "nh_otp.launcher", "run"],
            cwd=CHECKOUT,
            env=environment | {"NH_OTP_DATA": name, "PORT": str(port)},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as launcher:
            try:
                yield Product(_first_line(launcher), Path(name), time.monotonic() - began)
            finally:
                launcher.send_signal(signal.SIGINT)
                launcher.wait(PATIENCE)


def _first_line(launcher: subprocess.Popen[str]) -> str:
    """The address; whatever else the launcher says is read to its end, lest it block."""
    assert launcher.stdout is not None
    address = launcher.stdout.readline().strip()
    assert address.startswith("http://"), f"the launcher said {address!r}"
    return address


def until(condition: Callable[[], bool], what: str, *, patience: float = PATIENCE) -> None:
    """Wait for a condition, bounded; fails with what was waited for."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.02)


def _get(address: str, body: bytes | None = None) -> str:
    with urllib.request.urlopen(address, body, timeout=10) as answer:
        return str(answer.read().decode())
