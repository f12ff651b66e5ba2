"""A product of the bench's own: durable database, verifier, web and baseline, nothing else; gone afterwards."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nh_otp.launcher import process, roles
from nh_otp.launcher.boot import embedded
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.fingerprints import GRANTS
from nh_otp.launcher.house import House, Ports
from nh_otp.launcher.ports import LOOPBACK, free_ports
from nh_otp.launcher.readiness import port_is_open, socket_is_healthy, wait_for
from nh_otp.launcher.supervisor import Child, Supervisor
from nh_otp.launcher.work_folder import CHECKOUT, from_environment

CONNECTIONS_PER_WORKER = "8"
"""gthread pins keep-alive connections to workers; 16 clients over 2 workers then spread evenly."""


@contextmanager
def house() -> Iterator[tuple[House, int]]:
    """The running house and the port of the baseline; Django of this process is set up as the owner."""
    home = Path(tempfile.mkdtemp(prefix="nh-otp-bench-"))
    work = from_environment(os.environ | {"NH_OTP_DATA": str(home)}, process.unprivileged())
    baseline, *others = free_ports(6)
    try:
        with work.held(), Supervisor(work.log, CHECKOUT) as supervisor:
            cluster = Cluster(embedded(work, supervisor), work.secrets)
            cluster.make_roles()
            cluster.make_database()
            built = House(work, cluster, Ports(*others), "memory://")
            supervisor.run(built.migrate())
            with cluster.connect(roles.OWNER) as owner:
                roles.apply_grants(owner, GRANTS)
            supervisor.run(built.collect_static())
            for child in (built.verifier(), _spread(built.web()), _bare(built, baseline)):
                supervisor.start(child)
            wait_for("web", port_is_open(built.ports.web), supervisor)
            wait_for("baseline", port_is_open(baseline), supervisor)
            wait_for("verifier", socket_is_healthy(built.verifier_socket), supervisor)
            set_up(built)
            yield built, baseline
    finally:
        shutil.rmtree(home, ignore_errors=True)


def set_up(built: House) -> None:
    """Django in this process, as the owner of the database."""
    os.environ |= built.app(DATABASE_URL=built.cluster.url(roles.OWNER))
    import django

    django.setup()


def _spread(web: Child) -> Child:
    return Child(web.name, (*web.command, "--worker-connections", CONNECTIONS_PER_WORKER), web.environment)


def _bare(built: House, port: int) -> Child:
    command = (
        sys.executable,
        "-m",
        "gunicorn",
        "bench.bare",
        "--bind",
        f"{LOOPBACK}:{port}",
        "--worker-class",
        "gthread",
    )
    options = ("--workers", "2", "--threads", "4", "--worker-connections", CONNECTIONS_PER_WORKER, "--preload")
    quiet = ("--log-level", "warning", "--no-control-socket")
    return Child("baseline", (*command, *options, *quiet), built.app(DJANGO_SETTINGS_MODULE="bench.bare_settings"))
