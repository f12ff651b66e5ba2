"""A folder that the database's account can enter, even when the tests run as root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nh_otp.launcher.supervisor import Supervisor
from nh_otp.launcher.work_folder import opened, private


@pytest.fixture
def open_folder() -> Iterator[Path]:
    folder = opened(Path(tempfile.mkdtemp(prefix="nh-otp-work-")))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """Used without entering it: no signal handlers, no guard."""
    supervisor = Supervisor(private(tmp_path / "log"), tmp_path)
    yield supervisor
    for running in supervisor.children:
        running.process.kill()
        running.process.wait()
