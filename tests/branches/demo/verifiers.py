"""Verifiers for the demo's tests, as dotted paths for GATEWAYS."""

from typing import BinaryIO

from django.db import connection

from devices.verifier import in_process
from nh_otp.errors import Unavailable
from nh_otp.gateways.otp_verifier import LotHeader, LotReceipt
from nh_otp.launcher import roles
from tests.databases import pointed_at


class InItsOwnRole:
    """Seals as nh_verifier, whoever the caller is in the database."""

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        with pointed_at(connection.settings_dict["NAME"], roles.VERIFIER):
            return in_process().seal_lot(header, body)


class Dies:
    """Seals some lots, then nothing more."""

    def __init__(self, after: int = 3) -> None:
        self._left = after

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        if not self._left:
            raise Unavailable()
        self._left -= 1
        return in_process().seal_lot(header, body)
