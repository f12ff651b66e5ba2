"""Marks that say where a page of a list ended."""

from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from nh_otp.paging import beyond, mark

AT, KEY = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC), UUID(int=5)


def test_a_mark_names_a_moment_to_the_microsecond_and_a_key() -> None:
    assert beyond(mark(AT, KEY), field="opened_at") == Q(opened_at__lt=AT) | Q(opened_at=AT, pk__lt=KEY)


def test_a_mark_nobody_made_starts_from_the_top() -> None:
    for foreign in ("", "x", "1.zz", "99999999999999999999999.0"):
        assert beyond(foreign, field="opened_at") == Q()
