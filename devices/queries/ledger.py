"""The stock ledger (수불대장, 3100): lines of a branch's stock with opening, running and closing balance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection


class Difference(NamedTuple):
    """A place at which the ledger tells another number than the devices."""

    place: str
    branch: str
    till: str
    product: str
    told: int
    found: int


DIFFERENCES = """
SELECT stock_imbalance.place, branch.code, coalesce(staff.staff_no, ''), product.code,
  stock_imbalance.told, stock_imbalance.found
FROM stock_imbalance JOIN branch ON branch.id = branch_id JOIN product ON product.id = product_id
LEFT JOIN staff ON staff.id = till_id
ORDER BY 2, 1, 3, 4
"""


def differences() -> Sequence[Difference]:
    """Where ledger and devices disagree; reads every line and every device, so it is for the night."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        return [Difference(*row) for row in cursor.fetchall()]
