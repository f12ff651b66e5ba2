"""One PostgreSQL, embedded or given by DATABASE_URL, with this installation's roles and databases in it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from nh_otp.launcher import roles, secret_files

DATABASE = "nh_otp"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Addresses by role: the admin makes roles and databases, everyone else signs in with an own password."""

    admin_url: str
    secrets: Path

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one role, its password included."""
        return as_role(self.admin_url, role, secret_files.password(self.secrets, role), database)

    def admin(self, database: str = "postgres") -> psycopg.Connection:
        """A connection of the admin's, in autocommit (CREATE DATABASE knows no transaction)."""
        return psycopg.connect(self.admin_url, dbname=database, autocommit=True)

    def connect(self, role: str, database: str = DATABASE) -> psycopg.Connection:
        return psycopg.connect(self.url(role, database), autocommit=True)

    def make_roles(self) -> None:
        with self.admin() as admin:
            roles.make_roles(admin, {role: secret_files.password(self.secrets, role) for role in roles.ROLES})

    def make_database(self, name: str = DATABASE) -> None:
        """Makes the database with its extensions unless it is there."""
        with self.admin() as admin:
            if not roles.has_database(admin, name):
                roles.make_database(admin, name)
        with self.admin(name) as admin:
            roles.make_extensions(admin)


def as_role(url: str, role: str, password: str, database: str) -> str:
    """The same server's address for another role and database."""
    parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    host, port = quote(parts.pop("host", ""), safe=""), parts.pop("port", "")
    for replaced in ("user", "password", "passfile", "dbname"):
        parts.pop(replaced, None)
    place = f"{host}:{port}" if port else host
    options = "?" + urlencode(parts) if parts else ""
    return f"postgresql://{role}:{quote(password, safe='')}@{place}/{quote(database, safe='')}{options}"
