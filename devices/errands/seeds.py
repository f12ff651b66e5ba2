"""A vendor's seed file into the bank's stock, by the verifier alone."""

from __future__ import annotations

from typing import BinaryIO

from devices import verifier
from devices.commands.seeds import ask_import
from devices.seed_file.refusals import ClearFile
from nh_otp import gateways
from nh_otp.access import Actor
from nh_otp.gateways.otp_verifier import LotCheck, LotFormat, LotHeader, LotReceipt, OtpVerifier


def import_lot(*, by: Actor, header: LotHeader, file: BinaryIO) -> LotReceipt:
    """Stream a file to the verifier: put on record here that it was asked, and there what came in.

    Raises Refused or SeedFileRefused, naming what is wrong with the file.
    """
    _expect_sealed(header)
    ask_import(by=by, vendor=header.vendor, product=header.product, branch_code=header.branch_code)
    return _verifier().seal_lot(header, file)


def check_lot(*, header: LotHeader, file: BinaryIO) -> LotCheck:
    """What importing a file would do, row by row. Writes nothing, and nothing about it."""
    _expect_sealed(header)
    return _verifier().check_lot(header, file)


def _expect_sealed(header: LotHeader) -> None:
    """Secrets in clear do not even travel to the verifier; only its own user brings them in. Raises ClearFile."""
    if header.format == LotFormat.OATH_CSV and not verifier.is_here():
        raise ClearFile


def _verifier() -> OtpVerifier:
    """The verifier's process, or this one when it is the verifier itself."""
    return verifier.in_process(takes_clear=True) if verifier.is_here() else gateways.otp_verifier()
