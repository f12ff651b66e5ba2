"""One throw-away PostgreSQL per test session, shared by all xdist workers, with the product's own roles.

DATABASE_URL, if set, names another server and an account that may make roles and databases there.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nh_otp.launcher import binaries, roles, secret_files
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.postgres import Server
from nh_otp.launcher.work_folder import opened, private

HOME = "NH_OTP_TEST_HOME"
ADMIN_URL = "NH_OTP_TEST_ADMIN_URL"


@dataclass(slots=True)
class Session:
    """What the controller has to take down at the end; workers have none."""

    home: Path
    server: Server | None


SESSION = pytest.StashKey[Session]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before Django reads its settings: the server runs and the environment names it."""
    if HOME not in os.environ:
        early_config.stash[SESSION] = _start()
    _point_environment()
    try:
        return (yield)
    except BaseException:
        pytest_unconfigure(early_config)
        raise


def pytest_unconfigure(config: pytest.Config) -> None:
    session = config.stash.get(SESSION, None)
    if session is None:
        return
    if session.server is None:
        _sweep(cluster())
    else:
        session.server.stop()
    shutil.rmtree(session.home, ignore_errors=True)


def cluster() -> Cluster:
    """The server of this test session."""
    return Cluster(os.environ[ADMIN_URL], Path(os.environ[HOME]) / "secrets")


def _start() -> Session:
    home = opened(Path(tempfile.mkdtemp(prefix="nh-otp-test-")))
    try:
        return _started(home, private(home / "secrets"))
    except BaseException:
        shutil.rmtree(home)
        raise


def _started(home: Path, secrets: Path) -> Session:
    server = None
    if "DATABASE_URL" in os.environ:
        os.environ[ADMIN_URL] = os.environ["DATABASE_URL"]
    else:
        server = Server(binaries.find(shelter=home), home, home / "run", secrets, home / "log", durable=False)
        server.start()
        os.environ[ADMIN_URL] = server.admin_url
    os.environ[HOME] = str(home)
    cluster().make_roles()
    return Session(home, server)


def _point_environment() -> None:
    home = Path(os.environ[HOME])
    secrets = home / "secrets"
    os.environ |= {
        "DATABASE_URL": cluster().url(roles.OWNER, worker_database()),
        "DATABASE_OWNER_URL": cluster().url(roles.OWNER, worker_database()),
        "NH_OTP_MODE": "demo",
        "NH_OTP_STATIC_ROOT": str(private(home / "static")),
        "NH_OTP_SECRET_KEY_FILE": str(secret_files.secret_key(secrets)),
        "NH_OTP_DATA_KEYS_FILE": str(secret_files.key_ring(secrets, "data")),
        "NH_OTP_TEST_SEED_KEYS_FILE": str(secret_files.key_ring(secrets, "seed")),
    }


def worker_database() -> str:
    """The name of this worker's database; no two sessions or workers share one."""
    return f"{session_tag()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def session_tag() -> str:
    return "test_" + Path(os.environ[HOME]).name.removeprefix("nh-otp-test-").lower()


def _sweep(given: Cluster) -> None:
    with given.admin() as admin:
        ours = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [session_tag()])
        for (name,) in ours.fetchall():
            roles.drop_database(admin, name)
