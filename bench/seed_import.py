"""A seed file of AES-256 and HMAC-SHA-256 from the vendor into sealed seeds, over HTTP, in the verifier's process."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from bench.running import house
from nh_otp.gateways.simulators.seed_vendor import make_devices, write_pskc

DEVICES = {False: 10_000, True: 100_000}
KILOBYTE = 1024
VERIFIER = b"nh_otp.verifier_app"


def measure(*, full: bool) -> dict[str, object]:
    """Devices per second end to end, and the memory of both processes above what they need at rest."""
    count, key = DEVICES[full], os.urandom(32)
    with house() as (built, _), tempfile.TemporaryDirectory(dir=built.work.root) as folder:
        from bench import stage
        from nh_otp import gateways
        from nh_otp.gateways.otp_verifier import LotHeader

        stage.organisation()
        stage.import_devices(10, 100)  # warms both sides
        path = Path(folder) / "lot.xml"
        write_pskc(path, make_devices(f"11{n:07d}" for n in range(count)), transport_key=key)
        rest, own_rest = _verifier_memory("VmRSS"), _own_peak()
        began = perf_counter()
        with path.open("rb") as body:
            gateways.otp_verifier().seal_lot(
                LotHeader(stage.VENDOR, stage.PRODUCT, stage.BRANCH, None, key, "bench"), body
            )
        seconds = perf_counter() - began
        extra = _verifier_memory("VmHWM") - rest + _own_peak() - own_rest
        reading = _reading(path, key)
    print(
        f"import: {count} devices of {path.name} in {seconds:.1f} s; reading and opening the file alone takes"
        f" {reading:.1f} s of it, the rest is sealing and three COPY statements on one core each"
    )
    return {"devices_per_s": round(count / seconds), "extra_rss_mb": round(extra / KILOBYTE), "devices": count}


def _reading(path: Path, key: bytes) -> float:
    from devices import pskc

    began = perf_counter()
    with path.open("rb") as body:
        for _ in pskc.read(body, key=key):
            pass
    return perf_counter() - began


def _own_peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _verifier_memory(which: str) -> int:
    """Kilobytes of all processes of the verifier together."""
    return sum(_memory(process, which) for process in _verifiers())


def _verifiers() -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if VERIFIER in command:
            yield process


def _memory(process: Path, which: str) -> int:
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{which}:"))
