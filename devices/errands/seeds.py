"""A vendor's seed file into a branch's stock, by the verifier alone."""

from __future__ import annotations

from typing import BinaryIO

from devices.commands.seeds import ask_import
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.gateways.otp_verifier import LotHeader, LotReceipt


def import_lot(
    *, by: Actor, vendor: str, product: str, branch_code: str, till: str | None, key: bytes, file: BinaryIO
) -> LotReceipt:
    """Stream a PSKC file to the verifier: put on record here that it was asked, and there what came in.

    `till` is the staff number whose till takes the devices. Raises Refused, naming what is wrong with the file.
    """
    ask_import(by=by, vendor=vendor, product=product, branch_code=branch_code)
    header = LotHeader(
        vendor=vendor, product=product, branch_code=branch_code, till=till, key=key, imported_by=by.staff_no
    )
    return gateways.otp_verifier().seal_lot(header, file)
