"""Seed files in: streamed, sealed in batches, visible only when the last device is sealed; product.md 6."""

from __future__ import annotations

import hashlib
import re
import uuid
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from devices import otp, pskc
from devices.custody import UnreadableSerial, normal_serial
from devices.models import Voucher
from devices.models.seed import SeedLot
from devices.pskc import KeyPackage, SeedFileRefused
from devices.states import Algorithm, DeviceState, Move
from devices.verifier.records import VERIFIER
from devices.verifier.refusals import (
    KnownSecret,
    KnownSerial,
    LifeOver,
    OtherParameters,
    StrangeSerial,
    UnknownDestination,
)
from devices.verifier.seeds import Label, Seeds
from nh_otp.audit.models import Outcome
from nh_otp.audit.trail import Trail
from nh_otp.gateways.otp_verifier import LotHeader, LotReceipt

BATCH: Final = 1000  # devices
ROW_VERSION: Final = 1
FACTS: Final = ("count", "digest", "vendor", "product", "branch", "imported_by", "package")
WORD: Final = re.compile(r"[0-9A-Za-z:._-]{1,30}")

# The verifier's role sees keys and codes of branches and staff, nothing else of them.
DESTINATION: Final = """
SELECT v.id, v.serial_pattern, p.id, p.algorithm, p.digits, p.period, p.shelf_life_months, b.id, s.id
FROM product p
JOIN vendor v ON v.id = p.vendor_id
JOIN branch b ON b.code = %(branch)s
LEFT JOIN staff s ON s.staff_no = %(till)s AND s.branch_id = b.id AND s.is_active
WHERE p.code = %(product)s AND v.code = %(vendor)s AND (s.id IS NOT NULL OR %(till)s::text IS NULL)
"""
DEVICES: Final = (
    "COPY device (id, vendor_id, product_id, serial, state, branch_id, till_id, valid_from, valid_until,"
    " moves, moved_at, moved_by, moved_how, moved_for) FROM STDIN"
)
SEEDS: Final = "COPY seed (device_id, lot_id, sealed, row_version, digest) FROM STDIN"
COUNTERS: Final = "COPY code_counter (device_id, last_step, drift, failures) FROM STDIN"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the devices of a file go, and what they must be."""

    vendor: int
    serial_pattern: str
    product: int
    algorithm: str
    digits: int
    period: int
    shelf_life_months: int
    branch: int
    till: int | None

    @property
    def parameters(self) -> otp.Parameters:
        return otp.Parameters(Algorithm(self.algorithm), self.digits, self.period)


class Rows(NamedTuple):
    """What one package becomes, in the order of the COPY statements."""

    device: tuple[object, ...]
    seed: tuple[object, ...]
    counter: tuple[object, ...]


class Hashed:
    """A stream that remembers the digest of what was read from it."""

    def __init__(self, body: BinaryIO) -> None:
        self._body, self._hash = body, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._body.read(size)
        self._hash.update(piece)
        return piece

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class Sealing:
    """One file on its way in: every package becomes a device, its sealed seed and its counter."""

    def __init__(self, seeds: Seeds, destination: Destination, *, today: date, on: Voucher) -> None:
        self.lot, self.product = uuid.uuid4(), destination.product
        self._seeds, self._to, self._today = seeds, destination, today
        self._line = (1, on.at, on.by, Move.RECEIVE.value, on.ref)
        self._key, self.wrapped_key = seeds.new_lot(self.lot)
        self._parameters = destination.parameters
        self._serial = re.compile(destination.serial_pattern)

    def write(self, packages: Iterator[KeyPackage]) -> int:
        """Seal in batches and return how many devices came; raises SeedFileRefused with the place in the file."""
        count = 0
        while batch := list(islice(packages, BATCH)):
            rows = [self._rows(package, number) for number, package in enumerate(batch, count + 1)]
            _copy(rows)
            count += len(rows)
        return count

    def _rows(self, package: KeyPackage, number: int) -> Rows:
        try:
            serial, valid_from, valid_until = self._accepted(package)
        except SeedFileRefused as refusal:
            refusal.facts["package"] = number
            raise
        to, device = self._to, uuid.uuid4()
        label = Label(device, serial, to.algorithm, to.digits, to.period, self.lot, ROW_VERSION)
        sealed = self._key.seal(package.secret, place=label.place())
        state = DeviceState.IN_STOCK.value
        return Rows(
            (device, to.vendor, to.product, serial, state, to.branch, to.till, valid_from, valid_until, *self._line),
            (device, self.lot, sealed, ROW_VERSION, self._seeds.digest(package.secret)),
            (device, 0, 0, 0),
        )

    def _accepted(self, package: KeyPackage) -> tuple[str, date, date]:
        if package.parameters != self._parameters:
            raise OtherParameters()
        return (self._spelled(package.serial), *self._life(package))

    def _spelled(self, serial: str) -> str:
        try:
            normal = normal_serial(serial)
        except UnreadableSerial:
            raise StrangeSerial() from None
        if not self._serial.fullmatch(normal):
            raise StrangeSerial()
        return normal

    def _life(self, package: KeyPackage) -> tuple[date, date]:
        """What the vendor printed; without it, the product's shelf life from today on."""
        begins = package.starts_on or self._today
        ends = package.expires_on or months_later(begins, self._to.shelf_life_months)
        if ends <= max(begins, self._today):
            raise LifeOver()
        return begins, ends


def seal_lot(seeds: Seeds, header: LotHeader, body: BinaryIO, *, at: datetime) -> LotReceipt:
    """Everything in one transaction with its entry, or nothing but the entry of the refusal."""
    trail = Trail("seeds.imported", FACTS, at=at)
    try:
        with transaction.atomic(durable=True):
            lot = _seal(seeds, header, body, trail, at)
            trail.about(lot, count=lot.devices, digest=lot.file_digest)
            trail.file(by=VERIFIER, outcome=Outcome.DONE)
            return LotReceipt(lot.pk, lot.devices)
    except (SeedFileRefused, UniqueViolation) as error:
        refusal = error if isinstance(error, SeedFileRefused) else _known(error)
        trail.fact(**{name: value for name, value in refusal.facts.items() if name in FACTS})
        with transaction.atomic():
            trail.file(by=VERIFIER, outcome=Outcome.REFUSED, code=refusal.code)
        # a database error quotes the row it stumbled over
        raise refusal from None


def _seal(seeds: Seeds, header: LotHeader, body: BinaryIO, trail: Trail, at: datetime) -> SeedLot:
    on = Voucher(header.imported_by, "", at)
    sealing = Sealing(seeds, _destination(header), today=timezone.localdate(at), on=on)
    trail.fact(vendor=header.vendor, product=header.product, branch=header.branch_code, imported_by=header.imported_by)
    with connection.cursor() as cursor:
        # a file of the largest size is longer on its way than any single question may take
        cursor.execute("SET LOCAL statement_timeout = 0")
    file = Hashed(body)
    count = sealing.write(pskc.read(file, key=header.key))
    return SeedLot.objects.create(
        pk=sealing.lot,
        product_id=sealing.product,
        wrapped_key=sealing.wrapped_key,
        file_digest=file.digest,
        devices=count,
        imported_by=header.imported_by,
        imported_at=at,
    )


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the last of its month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _destination(header: LotHeader) -> Destination:
    words = (header.vendor, header.product, header.branch_code, header.imported_by, header.till or "-")
    if not all(WORD.fullmatch(word) for word in words):
        raise UnknownDestination()
    values = {
        "vendor": header.vendor,
        "product": header.product,
        "branch": header.branch_code,
        "till": header.till,
    }
    with connection.cursor() as cursor:
        cursor.execute(DESTINATION, values)
        row = cursor.fetchone()
    if row is None:
        raise UnknownDestination()
    return Destination(*row)


def _copy(rows: Sequence[Rows]) -> None:
    for statement, table in zip((DEVICES, SEEDS, COUNTERS), zip(*rows, strict=True), strict=True):
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in table:
                copy.write_row(row)


def _known(violation: UniqueViolation) -> SeedFileRefused:
    return KnownSecret() if violation.diag.table_name == "seed" else KnownSerial()
