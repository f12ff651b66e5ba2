"""The OTP verifier: the only one who opens seeds and counts codes. Its own process, its own database role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from devices.verifier import checks, lot_checks, lots, services
from devices.verifier.seeds import Seeds
from nh_otp.gateways.otp_verifier import CodeCheck, CodePair, LotCheck, LotHeader, LotReceipt, Verdict
from nh_otp.vault import read_ring

PATIENCE = timedelta(seconds=2)


class Verifier:
    """Implements `nh_otp.gateways.otp_verifier.OtpVerifier` on this process's database connection."""

    def __init__(
        self,
        seeds: Seeds,
        *,
        clock: Callable[[], datetime],
        patience: timedelta = PATIENCE,
        takes_clear: bool = False,
    ) -> None:
        self._seeds, self._clock, self._patience, self._takes_clear = seeds, clock, patience, takes_clear

    def check(self, question: CodeCheck) -> Verdict:
        """Claim a try and check the code. Raises CheckRefused, MalformedCode or Unavailable."""
        return checks.check(self._seeds, question, at=self._clock(), patience=self._patience)

    def resync(self, question: CodePair) -> Verdict:
        """Check two codes in a row. Raises CheckRefused, MalformedCode or Unavailable."""
        return checks.check(self._seeds, question, at=self._clock(), patience=self._patience)

    def settle_service(self, service: UUID) -> None:
        """Do what was decided about a device in use. Raises NotDecided."""
        services.settle(service, at=self._clock())

    def standing(self, *, device: UUID, subject: UUID) -> Verdict | None:
        """The unconsumed match of this device and subject, if there is one; never spends a try."""
        return checks.standing(device=device, subject=subject, at=self._clock())

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        """Seal every seed of a file, all or nothing. Raises SeedFileRefused."""
        return lots.seal_lot(self._seeds, header, body, at=self._clock(), takes_clear=self._takes_clear)

    def check_lot(self, header: LotHeader, body: BinaryIO) -> LotCheck:
        """Say what sealing a file would do, and write nothing."""
        today = timezone.localdate(self._clock())
        return lot_checks.check_lot(self._seeds, header, body, today=today, takes_clear=self._takes_clear)


def is_here() -> bool:
    """Whether this process works as the verifier: it was given the seed ring."""
    return bool(settings.SEED_KEYS_FILE)


def in_process(*, takes_clear: bool = False) -> Verifier:
    """The verifier with this process's seed ring, proven to work. Raises OSError, ValueError or CannotOpen.

    Clear seed files are taken only from who holds the ring: the verifier's own user, at the machine itself.
    """
    seeds = Seeds(read_ring(settings.SEED_KEYS_FILE))
    seeds.prove()
    return Verifier(seeds, clock=timezone.now, takes_clear=takes_clear)
