"""What a seed file would bring in, said beforehand: the same reading and the same rules, and nothing written."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from devices.seed_file import RefusedRow
from devices.seed_file.refusals import SeedFileRefused, WrongKey
from devices.verifier.acceptance import Acceptance, Accepted
from devices.verifier.reading import Hashed, rows_of
from devices.verifier.seeds import Seeds
from nh_otp.gateways.otp_verifier import DeviceIn, FileFault, LotCheck, LotHeader, RowOut


def check_lot(seeds: Seeds, header: LotHeader, body: BinaryIO, *, today: date, takes_clear: bool) -> LotCheck:
    """Every row with what would become of it; what is wrong with the file itself ends the reading."""
    file, accepted, refused, fault = Hashed(body), list[DeviceIn](), list[RowOut](), None
    try:
        acceptance = Acceptance(seeds, header.vendor, header.product, today=today)
        for one in acceptance.judged(rows_of(header, file, takes_clear=takes_clear)):
            if isinstance(one, RefusedRow):
                refused.append(RowOut(one.row, one.serial, one.why.code, one.why.message))
            else:
                accepted.append(_device(one))
    except SeedFileRefused as refusal:
        fault = FileFault(refusal.code, refusal.message)
    if fault is None and not accepted and all(row.code == WrongKey.code for row in refused):
        # nothing in the file opens: the key is wrong, or somebody changed all of it
        fault = FileFault(WrongKey.code, WrongKey.message)
    return LotCheck(accepted, refused, fault, file.digest)


def _device(one: Accepted) -> DeviceIn:
    shown = one.kind.parameters
    return DeviceIn(one.serial, shown.algorithm, shown.digits, shown.period, one.valid_from, one.valid_until)
