"""`python -m nh_otp.launcher run` starts the demo, `clean` removes it; `tool` lends settings and a database;
`secrets` and `prepare` are the first steps of a production installation.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from nh_otp.launcher import boot, prepare, process, tool
from nh_otp.launcher.supervisor import ChildFailed
from nh_otp.launcher.version import version
from nh_otp.launcher.work_folder import from_environment


def main() -> int:
    """Runs one verb; a failure is told in words, without a trace."""
    arguments = _arguments()
    try:
        if arguments.verb == "tool":
            return tool.run(arguments.mode, arguments.command)
        _run(arguments)
    except (ChildFailed, RuntimeError, TimeoutError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(arguments: argparse.Namespace) -> None:
    match arguments.verb:
        case "run":
            boot.run(os.environ)
        case "clean":
            _clean()
        case "secrets":
            prepare.make_secrets(arguments.folder)
        case "prepare":
            prepare.run(os.environ)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nh_otp.launcher", description=__doc__)
    parser.add_argument("--version", action="version", version=version())
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="start the demo")
    verbs.add_parser("clean", help="remove the demo's data")
    verbs.add_parser("prepare", help="roles, schema and grants of a production database")
    made = verbs.add_parser("secrets", help="write the secret files of a production installation")
    made.add_argument("folder", type=Path)
    lent = verbs.add_parser("tool", help="run a command with settings and a throw-away database")
    lent.add_argument("mode", choices=["demo", "production"])
    lent.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def _clean() -> None:
    work = from_environment(os.environ, process.unprivileged())
    with work.held():
        shutil.rmtree(work.sockets)
        shutil.rmtree(work.cluster)
        shutil.rmtree(work.root)


if __name__ == "__main__":
    sys.exit(main())
