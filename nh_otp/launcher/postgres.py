"""A private PostgreSQL: unix socket in a closed folder, SCRAM for every role, gone with its parent."""

import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from nh_otp.launcher import process, secret_files
from nh_otp.launcher.binaries import Programs

ADMIN = "nh_admin"
START_WITHIN = 60.0  # seconds; recovery after a crash included
STOP_WITHIN = 20.0  # seconds for a fast shutdown before an immediate one
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "400"}


@dataclass(slots=True)
class Server:
    """One cluster: `home` is its folder (the server's account can reach it), `sockets` where clients find it."""

    programs: Programs
    home: Path
    sockets: Path
    secrets: Path
    log: Path
    durable: bool = True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> subprocess.Popen[bytes]:
        """Starts the server, making the cluster first if there is none, and waits until it answers."""
        self._own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._make()
        self._stop_leftover()
        self.process = process.spawn(
            [self.programs.path("postgres"), "-D", self.data, *self._options()],
            environment=process.base_environment(os.environ),
            log=self.log,
            account=self.programs.account,
            dies_by=signal.SIGINT,
        )
        try:
            self._wait(self.process)
        except BaseException:
            self.stop()
            raise
        return self.process

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, nothing of the server stays behind."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(STOP_WITHIN)

    @property
    def admin_url(self) -> str:
        """The address for the cluster's own superuser, who only makes roles and databases."""
        password = quote(secret_files.password(self.secrets, ADMIN), safe="")
        return f"postgresql://{ADMIN}:{password}@{quote(str(self.sockets), safe='')}/postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def _own(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        account = self.programs.account
        if account.uid is not None and account.gid is not None:
            os.chown(folder, account.uid, account.gid)
        folder.chmod(0o700)

    def _make(self) -> None:
        if self.data.exists() and any(self.data.iterdir()):
            raise RuntimeError(f"{self.data} is neither empty nor a database cluster")
        unfinished = self.home / "data.new"
        process.run(["rm", "-rf", unfinished])
        self._own(unfinished)
        self._initdb(unfinished)
        (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        unfinished.rename(self.data)

    def _initdb(self, folder: Path) -> None:
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(secret_files.password(self.secrets, ADMIN))
            password.flush()
            if self.programs.account.uid is not None:
                os.chown(password.name, self.programs.account.uid, -1)
            made = process.run(
                [self.programs.path("initdb"), "-D", folder, f"--pwfile={password.name}", *self._cluster_options()],
                account=self.programs.account,
            )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{made.stdout}")

    def _cluster_options(self) -> list[str]:
        # names sort 가나다 and pg_trgm sees Hangul in C.UTF-8 only, not in C
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.programs.major >= 17 else []
        return ["-U", ADMIN, "--auth=scram-sha-256", "--encoding=UTF8", "--no-sync", *provider, "--locale=C.UTF-8"]

    def _options(self) -> list[str]:
        options = {"listen_addresses": "", "unix_socket_directories": str(self.sockets), "timezone": "UTC"}
        if not self.durable:
            options |= FORGETFUL
        return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]

    def _stop_leftover(self) -> None:
        # whoever calls us holds the launcher's lock, so a server still in this folder has lost its launcher
        if (self.data / "postmaster.pid").exists():
            command = [str(self.programs.path("pg_ctl")), "stop", "-D", str(self.data), "-m", "fast", "-w"]
            process.run(command, account=self.programs.account)

    def _wait(self, server: subprocess.Popen[bytes]) -> None:
        pid_file, deadline = self.data / "postmaster.pid", time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            if server.poll() is not None:
                raise RuntimeError(f"PostgreSQL ended at once:\n{process.tail(self.log)}")
            if _is_ready(pid_file, server.pid):
                return
            time.sleep(0.02)
        raise TimeoutError(f"PostgreSQL did not answer within {START_WITHIN:.0f} s:\n{process.tail(self.log)}")


def _is_ready(pid_file: Path, pid: int) -> bool:
    # line 1: the server's pid, line 8: its state; the same signal pg_ctl waits for
    try:
        lines = pid_file.read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"
