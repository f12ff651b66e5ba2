"""The production shape as far as it can be tried without containers."""

import os
import re
import stat
from pathlib import Path

import psycopg
import pytest

from nh_otp.launcher import prepare, roles
from nh_otp.launcher.cluster import DATABASE
from nh_otp.launcher.work_folder import CHECKOUT
from tests.pg_plugin import cluster

COMPOSE = (CHECKOUT / "docker-compose.yml").read_text()


def test_every_secret_file_that_compose_names_is_made_for_this_account_only(tmp_path: Path) -> None:
    prepare.make_secrets(tmp_path / "secrets")

    made = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    named = set(re.findall(r"\{ file: secrets/(\S+) \}", COMPOSE))
    assert named - set(made) == {"tls.crt", "tls.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.values()} == {0o600}


def test_making_the_secrets_again_changes_none(tmp_path: Path) -> None:
    prepare.make_secrets(tmp_path)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    prepare.make_secrets(tmp_path)

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_compose_gives_the_seed_keys_to_the_verifier_only() -> None:
    services = re.split(r"^  (?=[a-z]+:$)", COMPOSE, flags=re.MULTILINE)

    given = [text.split(":")[0] for text in services if re.search(r"secrets: \[.*seed\.keys", text)]
    assert given == ["verifier"]


def test_a_database_is_prepared_from_nothing_and_a_second_time() -> None:
    environment = {**os.environ, "DATABASE_URL": cluster().admin_url, "NH_OTP_SECRETS": str(cluster().secrets)}
    try:
        for _ in range(2):
            prepare.run(environment)

        with cluster().connect(roles.APP) as app:
            assert app.execute("SELECT count(*) FROM staff").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("DELETE FROM audit_entry")
    finally:
        with cluster().admin() as admin:
            roles.drop_database(admin, DATABASE)
