"""The verifier as it runs: gunicorn on a unix socket, as nh_verifier, asked through the product's adapter."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.utils import timezone

from devices.models import Device
from nh_otp.gateways import Refused
from nh_otp.gateways.http.otp_verifier import HttpOtpVerifier
from nh_otp.gateways.otp_verifier import Outcome
from nh_otp.launcher import roles
from nh_otp.launcher.readiness import socket_is_healthy
from tests.databases import Clone
from tests.devices.verifier.desk import desk, header, made, product, pskc_file
from tests.factories.cast import branch
from tests.house.sources import ROOT
from tests.pg_plugin import cluster

PRIVATE = """
import ctypes, resource
import nh_otp.verifier_app
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))
"""


def environment(clone: Clone, ring: str) -> dict[str, str]:
    known = clone.environment(roles.VERIFIER) | {
        "DJANGO_SETTINGS_MODULE": "nh_otp.settings",
        "NH_OTP_SEED_KEYS_FILE": ring,
    }
    return {name: value for name, value in known.items() if not name.startswith(("NH_OTP_DATA", "NH_OTP_TEST"))}


@pytest.fixture
def running(clone: Clone, tmp_path: Path) -> Iterator[HttpOtpVerifier]:
    """An adapter that speaks with a verifier process of its own."""
    socket = tmp_path / "v.sock"
    command = [sys.executable, "-m", "gunicorn", "nh_otp.verifier_app", "--bind", f"unix:{socket}", "--threads", "4"]
    process = subprocess.Popen(
        [*command, "--worker-class", "gthread", "--log-level", "error", "--no-control-socket"],
        cwd=ROOT,
        env=environment(clone, os.environ["NH_OTP_TEST_SEED_KEYS_FILE"]),
    )
    healthy, ends = socket_is_healthy(socket), time.monotonic() + 30
    while not healthy() and process.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    adapter = HttpOtpVerifier("http+unix://" + quote(str(socket), safe=""))
    yield adapter
    adapter.close()
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def test_a_seed_file_and_a_code_reach_the_process_through_its_socket(clone: Clone, running: HttpOtpVerifier) -> None:
    here, kind = desk(), product()
    code = here.code(timezone.now())

    receipt = running.seal_lot(header(kind, here.case.branch), io.BytesIO(pskc_file(made("260000000001"))))
    verdict = running.check(here.asks(code))
    again = running.check(here.asks(code))

    assert (receipt.devices, Device.objects.get(serial="260000000001").product_id) == (1, kind.pk)
    assert (verdict.outcome, again.outcome) == (Outcome.MATCH, Outcome.REUSED)
    assert running.standing(device=here.device.pk, subject=here.case.pk) is not None


def test_a_long_file_refused_at_its_start_is_answered_by_name(clone: Clone, running: HttpOtpVerifier) -> None:
    home, kind = branch(), product()
    long = b"<!DOCTYPE x>" + b" " * 20_000_000

    with pytest.raises(Refused) as refusal:
        running.seal_lot(header(kind, home), io.BytesIO(long))

    assert refusal.value.code == "seed_file.dtd"


def test_the_next_teller_notices_nothing_of_a_database_that_was_restarted(
    clone: Clone, running: HttpOtpVerifier
) -> None:
    here = desk()
    wrong = here.wrong(timezone.now())
    before = running.check(here.asks(wrong))
    with cluster().admin() as admin:
        ended = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = %s",
            [clone.name, roles.VERIFIER],
        ).fetchall()

    after = running.check(here.asks(wrong))

    assert ended and all(done for (done,) in ended)
    assert (before.tries_left, after.tries_left) == (2, 1)


def test_the_process_keeps_its_memory_to_itself(clone: Clone) -> None:
    ring = os.environ["NH_OTP_TEST_SEED_KEYS_FILE"]

    said = subprocess.run(
        [sys.executable, "-c", PRIVATE],
        cwd=ROOT,
        env=environment(clone, ring),
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout == f"(0, 0) {0 if sys.platform == 'linux' else -1}\n"


@pytest.mark.parametrize("ring", ["", "/nowhere/seed.keys"])
def test_no_process_starts_without_its_ring(clone: Clone, ring: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", PRIVATE], cwd=ROOT, env=environment(clone, ring), capture_output=True, check=False
    )

    assert said.returncode != 0
