import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nh_otp.launcher.supervisor import Child, ChildFailed, Supervisor

PATIENCE = 15.0  # seconds


def child(name: str, code: str, **environment: str) -> Child:
    return Child(name, (sys.executable, "-c", code), environment)


def test_a_child_knows_only_the_environment_it_was_given(supervisor: Supervisor) -> None:
    supervisor.run(child("curious", "import os; print(sorted(os.environ))", SECRET_OF_MINE="1"))

    told = (supervisor.log / "curious.log").read_text()
    assert "SECRET_OF_MINE" in told
    assert "PATH" not in told and "NH_OTP_TEST_HOME" not in told


def test_a_child_leaves_no_core_dump_with_keys_in_it(supervisor: Supervisor) -> None:
    supervisor.run(child("limited", "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"))

    assert (supervisor.log / "limited.log").read_text() == "(0, 0)\n"


def test_an_operator_reads_why_a_step_failed(supervisor: Supervisor) -> None:
    with pytest.raises(ChildFailed, match="no such table"):
        supervisor.run(child("migrate", "raise SystemExit('no such table')"))


def test_a_dead_child_is_started_again_after_a_pause_that_grows(supervisor: Supervisor) -> None:
    supervisor.start(child("weak", "import time; print(time.monotonic(), flush=True)"))
    log, deadline = supervisor.log / "weak.log", time.monotonic() + PATIENCE
    while len(log.read_text().splitlines()) < 3 and time.monotonic() < deadline:
        supervisor.check()
        time.sleep(0.01)

    first, second, third = map(float, log.read_text().splitlines()[:3])
    assert second - first > 0.3
    assert third - second > second - first


def test_the_house_does_not_go_on_without_its_database(supervisor: Supervisor) -> None:
    database = subprocess.Popen(["sleep", "600"])
    supervisor.adopt("postgres", database, signal.SIGINT)
    os.kill(database.pid, signal.SIGKILL)
    database.wait(PATIENCE)

    with pytest.raises(ChildFailed, match="postgres"):
        supervisor.check()


def test_logs_are_appended_to(supervisor: Supervisor, tmp_path: Path) -> None:
    for word in ("first", "second"):
        supervisor.run(child("chatty", f"print('{word}')"))

    assert (tmp_path / "log" / "chatty.log").read_text() == "first\nsecond\n"
