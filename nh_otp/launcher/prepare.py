"""What a production database needs before the product starts: roles, database, schema, grants; may be repeated."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from nh_otp.launcher import fingerprints, roles, secret_files
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.postgres import ADMIN
from nh_otp.launcher.work_folder import CHECKOUT, private

PGBOUNCER = (roles.APP, roles.AUDITOR)  # the others keep sessions of their own


def run(environ: Mapping[str, str]) -> None:
    """DATABASE_URL is the admin's, NH_OTP_SECRETS the folder of the roles' passwords."""
    cluster = Cluster(environ["DATABASE_URL"], Path(environ["NH_OTP_SECRETS"]))
    cluster.make_roles()
    cluster.make_database()
    owner = cluster.url(roles.OWNER)
    as_owner = {**environ, "DATABASE_URL": owner, "DATABASE_OWNER_URL": owner}
    subprocess.run([sys.executable, "manage.py", "migrate", "--no-input"], env=as_owner, cwd=CHECKOUT, check=True)
    with cluster.connect(roles.OWNER) as connection:
        roles.apply_grants(connection, fingerprints.GRANTS)


def make_secrets(folder: Path) -> None:
    """Writes every secret file that docker-compose.yml names; existing ones stay as they are."""
    private(folder)
    secret_files.secret_key(folder)
    for ring in ("data", "seed"):
        secret_files.key_ring(folder, ring)
    for role in (ADMIN, *roles.ROLES):
        secret_files.passfile(folder, role)
    secret_files.kept(folder / "pgbouncer.users", lambda: "".join(_user(folder, role) for role in PGBOUNCER))


def _user(folder: Path, role: str) -> str:
    return f'"{role}" "{secret_files.password(folder, role)}"\n'
