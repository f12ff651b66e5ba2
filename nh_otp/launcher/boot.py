"""The order in which a house comes up, from an empty folder to the first page."""

import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from nh_otp.launcher import binaries, fingerprints, lend, process, roles
from nh_otp.launcher.cluster import Cluster
from nh_otp.launcher.house import House, Ports
from nh_otp.launcher.ports import free_ports, web_port
from nh_otp.launcher.postgres import Server
from nh_otp.launcher.readiness import port_is_open, socket_is_healthy, wait_for, web_is_healthy
from nh_otp.launcher.supervisor import Supervisor
from nh_otp.launcher.work_folder import CHECKOUT, WorkFolder, from_environment

LONGEST_LOG = 20_000_000  # bytes; a longer one is put aside at the next start


def run(environ: Mapping[str, str]) -> None:
    """Starts everything, says where it is, and keeps it running until it is told to stop."""
    work = from_environment(environ, process.unprivileged())
    with work.held(), Supervisor(work.log, CHECKOUT) as supervisor:
        _put_logs_aside(work.log)
        supervisor.sweep(work.sockets)
        try:
            house = _build(environ, work, supervisor)
            _open(house, supervisor)
            _welcome(house)
            supervisor.watch()
        except KeyboardInterrupt:
            _say("\nstopping …")
    shutil.rmtree(work.sockets, ignore_errors=True)


def _build(environ: Mapping[str, str], work: WorkFolder, supervisor: Supervisor) -> House:
    cluster = Cluster(environ.get("DATABASE_URL") or embedded(work, supervisor), work.secrets)
    cluster.make_roles()
    cluster.make_database()
    ports = Ports(web_port(environ), *free_ports(4))
    return House(work, cluster, ports, environ.get("BROKER_URL", "filesystem://"))


def embedded(work: WorkFolder, supervisor: Supervisor) -> str:
    """Starts this house's own PostgreSQL and answers with its admin's address."""
    programs = binaries.find(shelter=work.cluster)
    sockets = work.sockets / "postgres"
    server = Server(programs, work.cluster, sockets, work.secrets, work.log / "postgres.log")
    supervisor.adopt("postgres", server.start(), signal.SIGINT)
    return server.admin_url


def _open(house: House, supervisor: Supervisor) -> None:
    lend.put_down(house.work.root / "lent", house.lent())
    _migrate(house, supervisor)
    _collect_static(house, supervisor)
    supervisor.start(house.simulators())
    supervisor.start(house.verifier())
    supervisor.start(house.web())
    _load_demo(house, supervisor)
    supervisor.start(house.virtual_device())
    wait_for("web", web_is_healthy(house.ports.web), supervisor)
    for child in house.background():
        supervisor.start(child)


def _migrate(house: House, supervisor: Supervisor) -> None:
    current = f"schema:{fingerprints.of_schema()}"
    with house.cluster.connect(roles.OWNER) as owner:
        marks = fingerprints.marks(owner)
        if current in marks:
            return
        supervisor.run(house.migrate())
        if fingerprints.GRANTS.exists():
            roles.apply_grants(owner, fingerprints.GRANTS)
        kept = {mark for mark in marks if not mark.startswith("schema:")}
        fingerprints.set_marks(owner, kept | {current})


def _collect_static(house: House, supervisor: Supervisor) -> None:
    mark, current = house.work.root / "static.fingerprint", fingerprints.of_static()
    if mark.exists() and mark.read_text() == current and house.work.static.is_dir():
        return
    supervisor.run(house.collect_static())
    mark.write_text(current)


def _load_demo(house: House, supervisor: Supervisor) -> None:
    with house.cluster.connect(roles.OWNER) as owner:
        marks = fingerprints.marks(owner)
        if "demo" in marks:
            return
        wait_for("simulators", port_is_open(house.ports.otp_centre), supervisor)
        wait_for("verifier", socket_is_healthy(house.verifier_socket), supervisor)
        supervisor.run(house.load_demo())
        fingerprints.set_marks(owner, marks | {"demo"})


def _welcome(house: House) -> None:
    _say(f"http://localhost:{house.ports.web}")
    sign_ins = house.work.demo / "sign_ins.txt"
    if sign_ins.exists():
        _say(sign_ins.read_text().rstrip())
        _say(f"\n추가 인증번호와 고객 기기 화면: http://localhost:{house.ports.virtual_device}/staff")


def _put_logs_aside(folder: Path) -> None:
    for log in folder.glob("*.log"):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 – the address and the sign-ins are what `make run` is for
