"""Refresh the vendored fonts and axe-core from their npm packages, or check them against their SHA-256 locks.

Usage: `python bench/vendor_static.py` rewrites files and locks (needs npm); `--check` only reads, and fails on a
difference.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned npm package: which of its files go where, unmodified."""

    spec: str
    folder: Path
    files: tuple[tuple[str, str], ...]

    @property
    def lock(self) -> Path:
        return self.folder / "SHA256SUMS"


PACKAGES = (
    Package(
        "pretendard@1.3.9",
        ROOT / "nh_otp/static/nh_otp/vendor/pretendard",
        (
            ("dist/web/variable/woff2/PretendardVariable.woff2", "PretendardVariable.woff2"),
            ("dist/web/static/woff2/Pretendard-Regular.woff2", "Pretendard-Regular.woff2"),
            ("dist/web/static/woff2/Pretendard-Bold.woff2", "Pretendard-Bold.woff2"),
            ("dist/LICENSE.txt", "LICENSE.txt"),
        ),
    ),
    Package(
        "axe-core@4.14.1",
        ROOT / "tests/vendor/axe",
        (("axe.min.js", "axe.min.js"), ("LICENSE", "LICENSE"), ("LICENSE-3RD-PARTY.txt", "LICENSE-3RD-PARTY.txt")),
    ),
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock_text(package: Package) -> str:
    """One `digest  name` line a file, as sha256sum writes and checks it."""
    return "".join(f"{digest(package.folder / name)}  {name}\n" for _, name in package.files)


def fetch(package: Package) -> None:
    """Take the named files out of the package; npm itself verifies the tarball's integrity."""
    package.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(["npm", "pack", "--silent", package.spec], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        (tarball,) = Path(scratch).glob("*.tgz")
        with tarfile.open(tarball) as archive:
            for inside, name in package.files:
                member = archive.extractfile(f"package/{inside}")
                if member is None:
                    raise SystemExit(f"{package.spec}: {inside} is not a file")
                (package.folder / name).write_bytes(member.read())
    package.lock.write_text(lock_text(package))


def main(arguments: list[str]) -> int:
    """Return 1 when a vendored file differs from its lock."""
    if arguments == ["--check"]:
        broken = [package.spec for package in PACKAGES if package.lock.read_text() != lock_text(package)]
        sys.stderr.writelines(f"{spec}: vendored files differ from SHA256SUMS\n" for spec in broken)
        return 1 if broken else 0
    for package in PACKAGES:
        fetch(package)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
