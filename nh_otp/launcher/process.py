"""One child process: own session, no core dump, no inherited secrets, and it dies with its parent."""

import ctypes
import os
import pwd
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PASSED_ON = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "SYSTEMROOT")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account of a child; all None: the one we run under."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None


OURSELVES = Account()


def unprivileged() -> Account:
    """The account for PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return OURSELVES
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, ())
    raise RuntimeError("running as root needs an account named postgres or nobody for the database")


def reachable(folder: Path, account: Account) -> bool:
    """Can that account enter the folder?"""
    return run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], account=account).returncode == 0


def base_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What every child may know of our own environment: nothing that could be a secret."""
    return {name: environ[name] for name in PASSED_ON if name in environ}


def spawn(
    command: Sequence[str] | Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    account: Account = OURSELVES,
    dies_by: signal.Signals = signal.SIGTERM,
    folder: Path = Path("/"),
) -> subprocess.Popen[bytes]:
    """Starts a child whose output is appended to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 – the commands are the launcher's own
            command,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            start_new_session=True,
            preexec_fn=_bind_to_parent(dies_by),  # noqa: PLW1509 – the launcher has one thread
        )


def run(
    command: Sequence[str] | Sequence[str | Path],
    *,
    account: Account = OURSELVES,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a short helper program to its end and keeps what it says."""
    return subprocess.run(  # noqa: S603 – the commands are the launcher's own
        command,
        env=None if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
        preexec_fn=_bind_to_parent(signal.SIGTERM),
    )


def tail(log: Path, lines: int = 30) -> str:
    """The end of a log, for the message that says why a start failed."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _bind_to_parent(dies_by: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def bind() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, dies_by)
            if os.getppid() != parent:
                os._exit(1)

    return bind
