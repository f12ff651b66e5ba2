"""The product's version stands in CHANGELOG.md and nowhere else."""

import re
from pathlib import Path

from nh_otp.launcher.work_folder import CHECKOUT


def version(changelog: Path = CHECKOUT / "CHANGELOG.md") -> str:
    """The newest heading's number; raises RuntimeError if there is none."""
    found = re.search(r"^## (\d+\.\d+\.\d+)\b", changelog.read_text(), re.MULTILINE)
    if not found:
        raise RuntimeError(f"{changelog.name} names no version")
    return found[1]
