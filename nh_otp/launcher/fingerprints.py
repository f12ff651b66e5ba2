"""What the last start already did, so that the next one does it only when something changed."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql

from nh_otp.launcher.work_folder import CHECKOUT

GRANTS = CHECKOUT / "nh_otp" / "grants.sql"


def of_schema(checkout: Path = CHECKOUT) -> str:
    """Changes when a migration, a grant, the list of apps or a library does."""
    migrations = checkout.glob("*/**/migrations/*.py")
    return _of([*migrations, GRANTS, checkout / "nh_otp" / "settings.py", checkout / "requirements.txt"])


def of_static(checkout: Path = CHECKOUT) -> str:
    """Changes when a served file or a library does."""
    served = (path for path in checkout.glob("*/static/**/*") if path.is_file())
    return _of([*served, checkout / "requirements.txt"])


def marks(owner: psycopg.Connection) -> set[str]:
    """The marks set on the connected database; they live and die with it."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    (comment,) = owner.execute(query).fetchone() or (None,)
    return set((comment or "").split())


def set_marks(owner: psycopg.Connection, names: Iterable[str]) -> None:
    database = sql.Identifier(owner.info.dbname)
    text = sql.Literal(" ".join(sorted(names)))
    owner.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, text))


def _of(files: Iterable[Path]) -> str:
    digest = sha256()
    for path in sorted(set(files)):
        if path.exists():
            digest.update(f"{path.name}\0".encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]
