"""Which rows of a seed file may come in: the catalogue's and the stock's rules, told row by row; product.md 6."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from django.db import connection

from devices import otp
from devices.models import Product, SerialCheck, Vendor
from devices.models.seed import Seed
from devices.seed_file import KeyPackage, RefusedRow, Row
from devices.seed_file.refusals import SeedFileRefused
from devices.serials import passes_luhn, spelled
from devices.states import Algorithm
from devices.verifier.refusals import (
    KnownSecret,
    KnownSerial,
    LifeOver,
    MixedProducts,
    OtherParameters,
    SeveralProducts,
    StrangeSerial,
    UnknownDestination,
    WrongCheckDigit,
)
from devices.verifier.seeds import Seeds

BATCH: Final = 1000  # rows asked about at once
KNOWN: Final = "SELECT serial FROM device WHERE vendor_id = %s AND serial = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Kind:
    """A product of the vendor, as far as its seed files go."""

    id: int
    code: str
    parameters: otp.Parameters
    shelf_life_months: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A device that may come in, under its one spelling and with the life it will have."""

    row: int
    serial: str
    kind: Kind
    valid_from: date
    valid_until: date
    secret: bytes = field(repr=False)
    digest: bytes = field(repr=False)


Judged = Accepted | RefusedRow


class Acceptance:
    """The rules for one file of one vendor."""

    def __init__(self, seeds: Seeds, vendor: str, product: str | None, *, today: date) -> None:
        self._seeds, self._today = seeds, today
        self.vendor, self._kinds = _catalogue(vendor, product)
        self._serial = re.compile(self.vendor.serial_pattern)
        self._lot_kind: Kind | None = None

    def judged(self, rows: Iterator[Row]) -> Iterator[Judged]:
        """Every row in order, accepted or refused; asks the database once per batch."""
        while batch := list(islice(rows, BATCH)):
            yield from self._unknown([self._judged(row) for row in batch])

    def _judged(self, row: Row) -> Judged:
        if isinstance(row, RefusedRow):
            return row
        try:
            return self._accepted(row)
        except SeedFileRefused as refusal:
            return RefusedRow(row.row, row.serial, refusal)

    def _accepted(self, package: KeyPackage) -> Accepted:
        kind, serial = self._kind(package.parameters), self._spelled(package.serial)
        begins, ends = self._life(package, kind)
        digest = self._seeds.digest(package.secret)
        return Accepted(package.row, serial, kind, begins, ends, package.secret, digest)

    def _kind(self, parameters: otp.Parameters) -> Kind:
        kinds = [kind for kind in self._kinds if kind.parameters == parameters]
        if not kinds:
            raise OtherParameters()
        if len(kinds) > 1:
            raise SeveralProducts()
        self._lot_kind = self._lot_kind or kinds[0]
        if self._lot_kind != kinds[0]:
            raise MixedProducts()
        return kinds[0]

    def _spelled(self, serial: str) -> str:
        normal = spelled(serial)
        if not self._serial.fullmatch(normal):
            raise StrangeSerial()
        if self.vendor.serial_check == SerialCheck.LUHN and not passes_luhn(normal):
            raise WrongCheckDigit()
        return normal

    def _life(self, package: KeyPackage, kind: Kind) -> tuple[date, date]:
        """What the vendor printed; without it, the product's shelf life from today on."""
        begins = package.starts_on or self._today
        ends = package.expires_on or months_later(begins, kind.shelf_life_months)
        if ends <= max(begins, self._today):
            raise LifeOver()
        return begins, ends

    def _unknown(self, judged: Sequence[Judged]) -> Iterator[Judged]:
        accepted = [one for one in judged if isinstance(one, Accepted)]
        serials = self._known_serials([one.serial for one in accepted])
        known = Seed.objects.filter(digest__in=[one.digest for one in accepted]).values_list("digest", flat=True)
        digests = {bytes(digest) for digest in known}
        for one in judged:
            if isinstance(one, Accepted) and (one.serial in serials or one.digest in digests):
                yield RefusedRow(one.row, one.serial, KnownSerial() if one.serial in serials else KnownSecret())
            else:
                yield one

    def _known_serials(self, serials: Sequence[str]) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(KNOWN, [self.vendor.pk, list(serials)])
            return {serial for (serial,) in cursor.fetchall()}


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of its month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _catalogue(vendor: str, product: str | None) -> tuple[Vendor, Sequence[Kind]]:
    products = Product.objects.filter(vendor__code=vendor).select_related("vendor").order_by("code")
    found = [one for one in products if product in (None, one.code)]
    if not found:
        raise UnknownDestination()
    return found[0].vendor, [_kind_of(one) for one in found]


def _kind_of(product: Product) -> Kind:
    parameters = otp.Parameters(Algorithm(product.algorithm), product.digits, product.period)
    return Kind(product.pk, product.code, parameters, product.shelf_life_months)
