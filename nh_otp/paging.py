"""Keyset marks (`?after=`): where a page of a list ended, by a moment and a key; nothing is counted or skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def mark(at: datetime, key: UUID) -> str:
    """The mark of one row."""
    return f"{(at - EPOCH) // MICROSECOND}.{key.hex}"


def beyond(after: str, *, field: str) -> Q:
    """Rows older than the marked one in newest-first order; a mark nobody made starts from the top."""
    moment, _, key = after.partition(".")
    try:
        at, pk = EPOCH + int(moment) * MICROSECOND, UUID(key)
    except (ValueError, OverflowError):
        return Q()
    return Q(**{f"{field}__lt": at}) | Q(**{field: at, "pk__lt": pk})
