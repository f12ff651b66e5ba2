"""All three simulated institutions in one process, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event

from nh_otp.gateways.simulators import id_authenticity, otp_centre, sms
from nh_otp.gateways.simulators.server import SimulatorServer

ENDS = (signal.SIGTERM, signal.SIGINT)


def main() -> None:
    wanted = _arguments()
    # Blocked before any thread starts, so that the signal always reaches `sigwait`, also as process 1.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    pause = Event().wait
    centre = otp_centre.OtpCentreSimulator(wanted.state / "otp_centre.jsonl", pause=pause)
    carrier = sms.SmsSimulator(wanted.state / "sms.jsonl", pause=pause)
    apps = {
        wanted.otp_centre: otp_centre.app(centre),
        wanted.id_authenticity: id_authenticity.app(id_authenticity.IdAuthenticitySimulator(pause=pause)),
        wanted.sms: sms.app(carrier),
    }
    servers = [SimulatorServer(app, port=port, host=wanted.host).start() for port, app in apps.items()]
    signal.sigwait(ENDS)
    for server in servers:
        server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulators", description=__doc__)
    parser.add_argument("--otp-centre", type=int, required=True, metavar="PORT")
    parser.add_argument("--id-authenticity", type=int, required=True, metavar="PORT")
    parser.add_argument("--sms", type=int, required=True, metavar="PORT")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="what was received is kept here")
    parser.add_argument("--host", default="127.0.0.1")
    return parser.parse_args()


if __name__ == "__main__":
    main()
