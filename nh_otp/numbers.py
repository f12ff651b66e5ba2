"""Public numbers of cases, reports, transfers: readable, dated, never reused."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone


def next_number(prefix: str, sequence: str) -> str:
    """The next public number, `RI-YYMMDD-nnnnnn`: Korean date and a sequence that is never reset."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) %% 1000000", [sequence])
        (number,) = cursor.fetchone() or (0,)
    return f"{prefix}-{timezone.localtime():%y%m%d}-{number:06d}"
