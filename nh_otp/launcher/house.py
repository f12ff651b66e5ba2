"""The processes of the product, each with all that it may know and nothing more."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from nh_otp.launcher import process, roles, secret_files
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.ports import LOOPBACK
from nh_otp.launcher.supervisor import Child
from nh_otp.launcher.work_folder import WorkFolder

PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports on the loopback interface."""

    web: int
    otp_centre: int
    id_authenticity: int
    sms: int
    virtual_device: int


@dataclass(frozen=True, slots=True)
class House:
    """One running product: where its files are, its database, its addresses, its broker."""

    work: WorkFolder
    cluster: Cluster
    ports: Ports
    broker_url: str

    @property
    def verifier_socket(self) -> Path:
        return self.work.sockets / "verifier.sock"

    def environment(self, role: str | None, **more: str | Path) -> dict[str, str]:
        """What a process of that database role may know; the seed ring is never among it."""
        secrets = self.work.secrets
        known: dict[str, str | Path] = {
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "nh_otp.settings",
            "NH_OTP_MODE": "demo",
            "NH_OTP_ALLOWED_HOSTS": f"localhost,{LOOPBACK}",
            "NH_OTP_STATIC_ROOT": self.work.static,
            "NH_OTP_SECRET_KEY_FILE": secret_files.secret_key(secrets),
            "NH_OTP_BROKER_DIR": self.work.broker,
            "BROKER_URL": self.broker_url,
        }
        if role:
            known["DATABASE_URL"] = self.cluster.url(role)
        everything = {**process.base_environment(os.environ), **self._addresses(), **known, **more}
        return {name: str(value) for name, value in everything.items()}

    def app(self, **more: str | Path) -> dict[str, str]:
        """The environment of the processes that work as nh_app."""
        return self.environment(roles.APP, NH_OTP_DATA_KEYS_FILE=self._ring("data"), **more)

    def migrate(self) -> Child:
        owner = self.cluster.url(roles.OWNER)
        known = self.environment(roles.OWNER, DATABASE_OWNER_URL=owner, NH_OTP_DATA_KEYS_FILE=self._ring("data"))
        return Child("migrate", (*MANAGE, "migrate", "--no-input"), known)

    def load_demo(self) -> Child:
        return Child("load_demo", (*MANAGE, "load_demo"), self.app(NH_OTP_DEMO_DIR=self.work.demo))

    def collect_static(self) -> Child:
        return Child("collectstatic", (*MANAGE, "collectstatic", "--no-input", "--clear"), self.app())

    def simulators(self) -> Child:
        at = self.ports
        options = f"--otp-centre={at.otp_centre} --id-authenticity={at.id_authenticity} --sms={at.sms}".split()
        command = (PYTHON, "-m", "nh_otp.gateways.simulators", *options, f"--state={self.work.outside}")
        return Child("simulators", command, self.environment(None))

    def virtual_device(self) -> Child:
        files = (f"--file={self.work.demo / 'devices.jsonl'}", f"--staff={self.work.demo / 'staff.jsonl'}")
        at = f"--port={self.ports.virtual_device}"
        command = (PYTHON, "-m", "nh_otp.gateways.simulators.virtual_device", at, *files)
        return Child("virtual_device", command, self.environment(None))

    def lent(self) -> dict[str, dict[str, str]]:
        """What commands typed beside the running house may borrow, by role."""
        return {"app": self.app(NH_OTP_DEMO_DIR=self.work.demo), "verifier": self._as_verifier()}

    def _as_verifier(self) -> dict[str, str]:
        return self.environment(roles.VERIFIER, NH_OTP_SEED_KEYS_FILE=self._ring("seed"))

    def verifier(self) -> Child:
        known = self._as_verifier()
        threads = ("--workers", "1", "--threads", "8", "--umask", "077")
        return Child("verifier", _gunicorn("nh_otp.verifier_app", f"unix:{self.verifier_socket}", *threads), known)

    def web(self) -> Child:
        threads = ("--workers", "2", "--threads", "4", "--max-requests", "2000", "--preload")
        return Child("web", _gunicorn("nh_otp.wsgi", f"{LOOPBACK}:{self.ports.web}", *threads), self.app())

    def background(self) -> list[Child]:
        """What the first page does not wait for."""
        celery = (PYTHON, "-m", "celery", "-A", "nh_otp.celery")
        # one worker has nobody to talk to, and threads stop in half the time of processes
        alone = ("--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat")
        schedule = f"--schedule={self.work.root / 'beat'}"
        return [
            Child("relay", (*MANAGE, "relay"), self.app()),
            Child("worker", (*celery, "worker", *alone, "--loglevel=warning"), self.app()),
            Child("beat", (*celery, "beat", "--pidfile=", schedule, "--loglevel=warning"), self.app()),
        ]

    def _addresses(self) -> dict[str, str]:
        return {
            "NH_OTP_VERIFIER_URL": f"http+unix://{quote(str(self.verifier_socket), safe='')}",
            "NH_OTP_OTP_CENTRE_URL": f"http://{LOOPBACK}:{self.ports.otp_centre}",
            "NH_OTP_ID_AUTHENTICITY_URL": f"http://{LOOPBACK}:{self.ports.id_authenticity}",
            "NH_OTP_SMS_URL": f"http://{LOOPBACK}:{self.ports.sms}",
            "NH_OTP_VIRTUAL_DEVICE_URL": f"http://{LOOPBACK}:{self.ports.virtual_device}",
        }

    def _ring(self, name: str) -> Path:
        return secret_files.key_ring(self.work.secrets, name)


def _gunicorn(application: str, address: str, *options: str) -> tuple[str, ...]:
    quiet = ("--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket")
    return (PYTHON, "-m", "gunicorn", application, "--bind", address, "--worker-class", "gthread", *quiet, *options)
