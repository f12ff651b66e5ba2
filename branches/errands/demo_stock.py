"""Demo only: devices come in as they do in the bank, a vendor's seed file taken in by the verifier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from nh_otp import gateways
from nh_otp.gateways.otp_verifier import LotHeader, LotReceipt
from nh_otp.gateways.simulators.seed_vendor import KEY_BYTES, MadeDevice, write_pskc

__all__ = ["DemoLot", "MadeDevice", "bring_in"]


@dataclass(frozen=True, slots=True)
class DemoLot:
    """Devices of one product for one till, or with no till for the customers of one branch."""

    vendor: str
    manufacturer: str
    product: str
    branch: str
    till: str | None
    devices: tuple[MadeDevice, ...] = field(repr=False)


def bring_in(lot: DemoLot, *, folder: Path, random_bytes: Callable[[int], bytes], imported_by: str) -> LotReceipt:
    """Have the vendor write its seed file into the folder and the verifier seal it; the file does not stay."""
    key, path = random_bytes(KEY_BYTES), folder / "seeds.pskc.xml"
    header = LotHeader(lot.vendor, lot.product, lot.branch, lot.till, key, imported_by)
    try:
        write_pskc(path, lot.devices, transport_key=key, manufacturer=lot.manufacturer, random_bytes=random_bytes)
        with path.open("rb") as body:
            return gateways.otp_verifier().seal_lot(header, body)
    finally:
        path.unlink(missing_ok=True)
