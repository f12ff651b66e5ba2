import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from nh_otp.launcher import fingerprints, ports, roles
from nh_otp.launcher.cluster import as_role
from nh_otp.launcher.process import OURSELVES
from nh_otp.launcher.version import version
from nh_otp.launcher.work_folder import CHECKOUT, WorkFolder, from_environment
from tests.pg_plugin import cluster


def test_a_checkout_with_a_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100)
    deep.mkdir()
    sockets = WorkFolder(deep).sockets

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(sockets / ".s.PGSQL.5432"))
    shutil.rmtree(sockets)


def test_one_launcher_at_a_time_works_in_a_folder(tmp_path: Path) -> None:
    work = from_environment({"NH_OTP_DATA": str(tmp_path)}, OURSELVES)
    second = f"from nh_otp.launcher.work_folder import *; WorkFolder(Path({str(tmp_path)!r})).held().__enter__()"

    with work.held():
        refused = subprocess.run(
            [sys.executable, "-c", second], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )

    assert refused.returncode == 1
    assert "another launcher" in refused.stderr


def test_the_demo_takes_the_next_port_but_a_named_port_exactly() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RuntimeError, match=str(port)):
            ports.web_port({"PORT": str(port)})

    assert ports.web_port({"PORT": str(port)}) == port
    assert len(set(ports.free_ports(5))) == 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://a:b@%2Ftmp%2Fs/postgres", "postgresql://nh_app:p%2Fw@%2Ftmp%2Fs/nh_otp"),
        (
            "postgresql://a:b@db.bank:5433/x?sslmode=verify-full",
            "postgresql://nh_app:p%2Fw@db.bank:5433/nh_otp?sslmode=verify-full",
        ),
        ("host=db user=a password=b", "postgresql://nh_app:p%2Fw@db/nh_otp"),
    ],
)
def test_another_roles_address_is_on_the_same_server(given: str, expected: str) -> None:
    assert as_role(given, "nh_app", "p/w", "nh_otp") == expected


def test_the_schema_is_looked_at_again_when_a_migration_changes(tmp_path: Path) -> None:
    migrations = tmp_path / "branches" / "migrations"
    migrations.mkdir(parents=True)
    before = fingerprints.of_schema(tmp_path)
    (migrations / "0001_initial.py").write_text("first")
    after = fingerprints.of_schema(tmp_path)

    assert before != after
    assert fingerprints.of_schema(tmp_path) == after


def test_what_was_done_is_remembered_with_the_database_it_was_done_to() -> None:
    name = f"test_marks_{os.getpid()}"
    with cluster().admin() as admin:
        roles.make_database(admin, name)
        with cluster().connect(roles.OWNER, name) as owner:
            assert fingerprints.marks(owner) == set()
            fingerprints.set_marks(owner, {"demo", "schema:1"})
        with cluster().connect(roles.OWNER, name) as again:
            assert fingerprints.marks(again) == {"demo", "schema:1"}
        roles.drop_database(admin, name)
    with pytest.raises(psycopg.OperationalError):
        cluster().connect(roles.OWNER, name)


def test_the_version_is_the_newest_of_the_changelog(tmp_path: Path) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## 1.4.0 – 2027-01-02\n\n## 1.3.9 – 2026-12-01\n")

    assert version(changelog) == "1.4.0"
    assert version()
