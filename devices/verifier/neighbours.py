"""A wrong first code that another device of the same till shows: two devices were mixed up (기기 바뀜)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection

from devices import otp
from devices.states import Algorithm
from devices.verifier.seeds import Label, Seeds
from nh_otp.gateways.otp_verifier import CodeCheck as Question
from nh_otp.policy import POLICY
from nh_otp.vault import CannotOpen

MOST: Final = 50  # devices looked at
NEIGHBOURS: Final = """
SELECT d.id, d.serial, p.algorithm, p.digits, p.period, s.lot_id, s.row_version, s.sealed, l.wrapped_key,
       k.correction + k.drift
FROM device asked
JOIN device d ON d.till_id = asked.till_id AND d.id <> asked.id AND d.state IN ('IN_STOCK', 'RESERVED')
JOIN product p ON p.id = d.product_id AND p.digits = %(digits)s
JOIN seed s ON s.device_id = d.id
JOIN seed_lot l ON l.id = s.lot_id
JOIN code_counter k ON k.device_id = d.id
WHERE asked.id = %(device)s
ORDER BY (d.state = 'RESERVED') DESC, d.valid_until, d.id
LIMIT %(most)s
"""


def show(seeds: Seeds, question: Question, *, at: datetime) -> bool:
    """Whether some neighbour shows this code just now. Which one stays here, and no step of it is consumed."""
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, {"device": str(question.device), "digits": len(question.code), "most": MOST})
        rows = cursor.fetchall()
    shown = [_shows(seeds, row, question.code, at) for row in rows]  # all of them, whatever the first one showed
    return any(shown)


def _shows(seeds: Seeds, row: tuple[object, ...], code: str, at: datetime) -> bool:
    *label, sealed, wrapped_key, centre = row
    found = Label(*label)  # type: ignore[arg-type]  # in the order of the statement
    parameters = otp.Parameters(Algorithm(found.algorithm), found.digits, found.period)
    try:
        seed = seeds.open(bytes(sealed), wrapped_key=bytes(wrapped_key), label=found)  # type: ignore[call-overload]  # as above
    except CannotOpen:
        return False
    around = otp.step_at(at, found.period)
    window = POLICY.window_steps
    return otp.match(seed, parameters, code, around=around, window=window, drift=int(str(centre))) is not None
