"""What `make run` runs with, lent to commands typed beside it: `manage.py` then speaks to the running demo."""

import json
import os
from collections.abc import Mapping, MutableMapping, Sequence
from pathlib import Path

from nh_otp.launcher import process
from nh_otp.launcher.work_folder import from_environment, private

AS_VERIFIER = frozenset({"import_devices", "rotate_keys"})
"""Commands for the verifier's own user: they may read the seed ring."""
CONFIGURED = ("NH_OTP_MODE", "DATABASE_URL")


def put_down(folder: Path, environments: Mapping[str, Mapping[str, str]]) -> None:
    """Write what each role runs with where only this account reads it."""
    for role, environment in environments.items():
        path = private(folder) / f"{role}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(dict(environment)))


def borrow(arguments: Sequence[str], environ: MutableMapping[str, str]) -> None:
    """Take over the running demo's environment unless one is given; nothing where no demo ever ran."""
    if any(name in environ for name in CONFIGURED):
        return
    role = "verifier" if set(arguments[1:2]) & AS_VERIFIER else "app"
    lent = from_environment(os.environ, process.unprivileged()).root / "lent" / f"{role}.json"
    if lent.exists():
        environ.update({name: value for name, value in json.loads(lent.read_text()).items() if name not in environ})
