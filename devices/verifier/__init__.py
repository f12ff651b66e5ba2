"""The OTP verifier: the only one who opens seeds and counts codes. Its own process, its own database role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from devices.verifier import checks, lots
from devices.verifier.seeds import Seeds
from nh_otp.gateways.otp_verifier import CodeCheck, LotHeader, LotReceipt, Verdict
from nh_otp.vault import read_ring

PATIENCE = timedelta(seconds=2)


class Verifier:
    """Implements `nh_otp.gateways.otp_verifier.OtpVerifier` on this process's database connection."""

    def __init__(self, seeds: Seeds, *, clock: Callable[[], datetime], patience: timedelta = PATIENCE) -> None:
        self._seeds, self._clock, self._patience = seeds, clock, patience

    def check(self, question: CodeCheck) -> Verdict:
        """Claim a try and check the code. Raises CheckRefused, MalformedCode or Unavailable."""
        return checks.check(self._seeds, question, at=self._clock(), patience=self._patience)

    def standing(self, *, device: UUID, case: UUID) -> Verdict | None:
        """The unconsumed match of this device and case, if there is one; never spends a try."""
        return checks.standing(device=device, case=case, at=self._clock())

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        """Seal every seed of a PSKC file, all or nothing. Raises SeedFileRefused."""
        return lots.seal_lot(self._seeds, header, body, at=self._clock())


def in_process() -> Verifier:
    """The verifier with this process's seed ring, proven to work. Raises OSError, ValueError or CannotOpen."""
    seeds = Seeds(read_ring(settings.SEED_KEYS_FILE))
    seeds.prove()
    return Verifier(seeds, clock=timezone.now)
