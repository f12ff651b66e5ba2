"""Where a running house keeps its files: one folder, `.data/` in the checkout unless NH_OTP_DATA names another."""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from nh_otp.launcher import process
from nh_otp.launcher.process import Account

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_FOLDER = 80  # bytes: sun_path holds 104 (macOS) to 108, the rest is the socket's own name
SHELTERS = Path("/var/lib/nh-otp")


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """The folder and its rooms. `closed`: the database's account (as root, another one) cannot enter it."""

    root: Path
    closed: bool = False

    @property
    def secrets(self) -> Path:
        return private(self.root / "secrets")

    @property
    def demo(self) -> Path:
        return private(self.root / "demo")

    @property
    def log(self) -> Path:
        return private(self.root / "log")

    @property
    def broker(self) -> Path:
        return private(self.root / "broker")

    @property
    def outside(self) -> Path:
        """What the simulated institutions have received."""
        return private(self.root / "outside")

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def cluster(self) -> Path:
        """The database's folder; outside the checkout only if its account cannot enter that."""
        if not self.closed:
            return opened(self.root / "postgres")
        elsewhere = self.root / "postgres.path"
        if not elsewhere.exists():  # a name of its own: another checkout at the same place is another house
            elsewhere.write_text(str(SHELTERS / secrets.token_hex(6)))
        return opened(Path(elsewhere.read_text()))

    @property
    def sockets(self) -> Path:
        """Short enough for a unix socket whatever the checkout's path is."""
        inside = self.root / "run"
        if not self.closed and len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return opened(inside)
        tag = sha256(os.fsencode(self.root)).hexdigest()[:12]
        return opened(Path(tempfile.gettempdir()) / f"nh-otp-{os.geteuid()}-{tag}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """One launcher at a time; raises RuntimeError for the second. The system lets go of it at our death."""
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RuntimeError(f"another launcher already works in {self.root}") from None
            yield


def from_environment(environ: Mapping[str, str], database_account: Account) -> WorkFolder:
    """Opens the work folder, making it on the first start."""
    root = Path(environ.get("NH_OTP_DATA") or CHECKOUT / ".data").resolve()
    root.mkdir(mode=0o711, parents=True, exist_ok=True)
    return WorkFolder(root, closed=not process.reachable(root, database_account))


def private(folder: Path) -> Path:
    """A folder only this account may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def opened(folder: Path) -> Path:
    """A folder of ours that other accounts may pass through, but not list."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.lstat().st_uid != os.geteuid() or folder.is_symlink():
        raise RuntimeError(f"{folder} belongs to someone else")
    folder.chmod(0o711)
    return folder
