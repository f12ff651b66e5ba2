"""Personal data at rest: sealed under the data ring, found by blind index, bound to its row."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from nh_otp.vault import KeyRing, associated, read_ring


def data_ring() -> KeyRing:
    """The ring for personal data and second factors; never the one for seeds."""
    return read_ring(settings.DATA_KEYS_FILE)


def seal(table: str, field: str, row: UUID | str, plain: str) -> bytes:
    return data_ring().seal(plain.encode(), place=associated(table, field, str(row)))


def unseal(table: str, field: str, row: UUID | str, sealed: bytes) -> str:
    """Open a sealed field of this very row. Raises vault.CannotOpen."""
    return data_ring().open(sealed, place=associated(table, field, str(row))).decode()


def blind(purpose: str, value: str) -> bytes:
    return data_ring().blind(purpose, value)
