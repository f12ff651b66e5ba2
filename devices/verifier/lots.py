"""Seed files in: streamed, sealed in batches, visible only when the last device is sealed; product.md 6."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from devices.models import Voucher
from devices.models.seed import SeedLot
from devices.seed_file import RefusedRow
from devices.seed_file.refusals import Malformed, SeedFileRefused
from devices.states import DeviceState, Move
from devices.verifier.acceptance import BATCH, Acceptance, Accepted, Judged, Kind
from devices.verifier.reading import Hashed, rows_of
from devices.verifier.records import VERIFIER
from devices.verifier.refusals import KnownSecret, KnownSerial, UnknownDestination
from devices.verifier.seeds import Label, Seeds
from nh_otp.audit.models import Outcome
from nh_otp.audit.trail import Trail
from nh_otp.gateways.otp_verifier import LotHeader, LotReceipt

ROW_VERSION: Final = 1
FACTS: Final = ("count", "digest", "vendor", "product", "branch", "imported_by", "package")
WORD: Final = re.compile(r"[0-9A-Za-z:._-]{1,30}")

# The verifier's role sees keys and codes of branches and staff, nothing else of them.
DESTINATION: Final = """
SELECT b.id, s.id FROM branch b
LEFT JOIN staff s ON s.staff_no = %(till)s AND s.branch_id = b.id AND s.is_active
WHERE b.code = %(branch)s AND (s.id IS NOT NULL OR %(till)s::text IS NULL)
"""
DEVICES: Final = (
    "COPY device (id, vendor_id, product_id, serial, state, branch_id, till_id, valid_from, valid_until,"
    " moves, moved_at, moved_by, moved_how, moved_for) FROM STDIN"
)
SEEDS: Final = "COPY seed (device_id, lot_id, sealed, row_version, digest) FROM STDIN"
COUNTERS: Final = "COPY code_counter (device_id, last_step, correction, drift, failures) FROM STDIN"


class Destination(NamedTuple):
    """The branch, and perhaps the till, that a file's devices go to."""

    branch: int
    till: int | None


class Rows(NamedTuple):
    """What one package becomes, in the order of the COPY statements."""

    device: tuple[object, ...]
    seed: tuple[object, ...]
    counter: tuple[object, ...]


class Sealing:
    """One file on its way in: every device becomes a row, its sealed seed and its counter."""

    def __init__(self, seeds: Seeds, header: LotHeader, *, on: Voucher) -> None:
        self.lot = uuid.uuid4()
        self.kind: Kind | None = None
        self._to = _destination(header)
        self._acceptance = Acceptance(seeds, header.vendor, header.product, today=timezone.localdate(on.at))
        self._line = (1, on.at, on.by, Move.RECEIVE.value, on.ref)
        self._state = (DeviceState.QUARANTINED if header.quarantined else DeviceState.IN_STOCK).value
        self._key, self.wrapped_key = seeds.new_lot(self.lot)

    def write(self, header: LotHeader, file: Hashed, *, takes_clear: bool) -> int:
        """Seal in batches and return how many devices came; raises SeedFileRefused with the place in the file."""
        count = 0
        devices = _strict(self._acceptance.judged(rows_of(header, file, takes_clear=takes_clear)))
        while batch := list(islice(devices, BATCH)):
            self.kind = batch[0].kind
            _copy([self._rows(one) for one in batch])
            count += len(batch)
        return count

    def _rows(self, one: Accepted) -> Rows:
        to, device, shown = self._to, uuid.uuid4(), one.kind.parameters
        label = Label(device, one.serial, shown.algorithm, shown.digits, shown.period, self.lot, ROW_VERSION)
        sealed = self._key.seal(one.secret, place=label.place())
        where = (self._acceptance.vendor.pk, one.kind.id, one.serial, self._state, to.branch, to.till)
        return Rows(
            (device, *where, one.valid_from, one.valid_until, *self._line),
            (device, self.lot, sealed, ROW_VERSION, one.digest),
            (device, 0, 0, 0, 0),
        )


def seal_lot(seeds: Seeds, header: LotHeader, body: BinaryIO, *, at: datetime, takes_clear: bool) -> LotReceipt:
    """Everything in one transaction with its entry, or nothing but the entry of the refusal."""
    trail = Trail("seeds.imported", FACTS, at=at)
    try:
        with transaction.atomic(durable=True):
            lot = _seal(seeds, header, body, trail, at, takes_clear)
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


def _seal(seeds: Seeds, header: LotHeader, body: BinaryIO, trail: Trail, at: datetime, takes_clear: bool) -> SeedLot:
    _expect_words(header)
    trail.fact(vendor=header.vendor, branch=header.branch_code, imported_by=header.imported_by)
    sealing = Sealing(seeds, header, on=Voucher(header.imported_by, header.ref, at))
    with connection.cursor() as cursor:
        # a file of the largest size is longer on its way than any single question may take
        cursor.execute("SET LOCAL statement_timeout = 0")
    file = Hashed(body)
    count = sealing.write(header, file, takes_clear=takes_clear)
    if sealing.kind is None:
        raise Malformed
    trail.fact(product=sealing.kind.code)
    return SeedLot.objects.create(
        pk=sealing.lot,
        product_id=sealing.kind.id,
        wrapped_key=sealing.wrapped_key,
        file_digest=file.digest,
        devices=count,
        imported_by=header.imported_by,
        imported_at=at,
    )


def _strict(judged: Iterator[Judged]) -> Iterator[Accepted]:
    for one in judged:
        if isinstance(one, RefusedRow):
            one.why.facts["package"] = one.row
            raise one.why
        yield one


def _expect_words(header: LotHeader) -> None:
    words = (header.vendor, header.product or "-", header.branch_code, header.imported_by, header.till or "-")
    if not all(WORD.fullmatch(word) for word in words):
        raise UnknownDestination()


def _destination(header: LotHeader) -> Destination:
    with connection.cursor() as cursor:
        cursor.execute(DESTINATION, {"branch": header.branch_code, "till": header.till})
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
