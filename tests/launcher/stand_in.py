"""A house of stand-ins: the real supervisor and PostgreSQL, three sleepers. Prints its processes and stays."""

import json
import sys
from pathlib import Path

from nh_otp.launcher import boot, process
from nh_otp.launcher.supervisor import Child, Supervisor
from nh_otp.launcher.work_folder import WorkFolder

SLEEPER = (sys.executable, "-c", "import signal; signal.pause()")


def main(root: Path) -> None:
    work = WorkFolder(root, closed=not process.reachable(root, process.unprivileged()))
    with Supervisor(work.log, root) as supervisor:
        supervisor.sweep(work.sockets)
        try:
            boot.embedded(work, supervisor)
            for name in ("one", "two", "three"):
                supervisor.start(Child(name, SLEEPER, {}))
            pids = {running.name: running.process.pid for running in supervisor.children}
            sys.stdout.write(json.dumps({"pids": pids, "sockets": str(work.sockets)}) + "\n")
            sys.stdout.flush()
            supervisor.watch()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]))
