"""What each process of the house may know."""

import stat
from base64 import b64decode
from pathlib import Path

import pytest

from nh_otp.launcher import secret_files
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.house import House, Ports
from nh_otp.launcher.supervisor import Child
from nh_otp.launcher.work_folder import WorkFolder


@pytest.fixture
def house(tmp_path: Path) -> House:
    work = WorkFolder(tmp_path)
    cluster = Cluster("postgresql://nh_admin:topmost@%2Ftmp%2Fsocket/postgres", work.secrets)
    return House(work, cluster, Ports(8000, 1, 2, 3, 4), "filesystem://")


def everyone(house: House) -> dict[str, Child]:
    children = [house.migrate(), house.load_demo(), house.collect_static(), house.simulators(), house.virtual_device()]
    children += [house.verifier(), house.web(), *house.background()]
    return {child.name: child for child in children}


def test_only_the_verifier_is_told_where_the_seed_keys_are(house: House) -> None:
    told = [name for name, child in everyone(house).items() if "seed.keys" in str(child.environment)]

    assert told == ["verifier"]


def test_every_process_has_the_password_of_its_own_role_only(house: House) -> None:
    password = {role: secret_files.password(house.work.secrets, role) for role in ("nh_owner", "nh_app", "nh_verifier")}
    knows = {
        name: {role for role, secret in password.items() if secret in str(child.environment)}
        for name, child in everyone(house).items()
    }

    assert knows == {
        "migrate": {"nh_owner"},
        "load_demo": {"nh_app"},
        "collectstatic": {"nh_app"},
        "simulators": set(),
        "virtual_device": set(),
        "verifier": {"nh_verifier"},
        "web": {"nh_app"},
        "relay": {"nh_app"},
        "worker": {"nh_app"},
        "beat": {"nh_app"},
    }


def test_nobody_knows_the_admins_password_and_nobody_says_one_on_its_command_line(house: House) -> None:
    for child in everyone(house).values():
        assert "topmost" not in str(child.environment)
        assert "password" not in str(child.command)


def test_secrets_are_made_once_and_for_this_account_only(tmp_path: Path) -> None:
    first = secret_files.key_ring(tmp_path, "data").read_text()

    assert secret_files.key_ring(tmp_path, "data").read_text() == first
    assert stat.S_IMODE((tmp_path / "data.keys").stat().st_mode) == 0o600
    kid, key = first.split()
    assert kid == "data-1"
    assert len(b64decode(key)) == 32
    assert secret_files.password(tmp_path, "nh_app") != secret_files.password(tmp_path, "nh_owner")
