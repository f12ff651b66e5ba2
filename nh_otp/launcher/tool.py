"""Runs a tool that needs settings and a database (mypy, makemigrations, check) beside a throw-away PostgreSQL."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from nh_otp.launcher import binaries, roles, secret_files
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.postgres import Server
from nh_otp.launcher.work_folder import CHECKOUT, opened, private


def run(mode: str, command: Sequence[str]) -> int:
    """Runs the command in that mode as nh_owner and hands on its exit code."""
    home = opened(Path(tempfile.mkdtemp(prefix="nh-otp-tool-")))
    secrets = private(home / "secrets")
    server = Server(binaries.find(shelter=home), home, home / "run", secrets, home / "log", durable=False)
    try:
        server.start()
        cluster = Cluster(server.admin_url, secrets)
        cluster.make_roles()
        cluster.make_database()
        environment = os.environ | _settings(mode, cluster)
        return subprocess.run(command, env=environment, cwd=CHECKOUT, check=False).returncode  # noqa: S603 – make's own
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _settings(mode: str, cluster: Cluster) -> dict[str, str]:
    secrets = cluster.secrets
    nowhere = ("VERIFIER", "OTP_CENTRE", "ID_AUTHENTICITY", "SMS")
    return {f"NH_OTP_{name}_URL": "https://gateway.invalid" for name in nowhere} | {
        "DJANGO_SETTINGS_MODULE": "nh_otp.settings",
        "NH_OTP_MODE": mode,
        "NH_OTP_ALLOWED_HOSTS": "otp.invalid",
        "NH_OTP_SECRET_KEY_FILE": str(secret_files.secret_key(secrets)),
        "NH_OTP_DATA_KEYS_FILE": str(secret_files.key_ring(secrets, "data")),
        "DATABASE_URL": cluster.url(roles.OWNER),
        "DATABASE_OWNER_URL": cluster.url(roles.OWNER),
    }
