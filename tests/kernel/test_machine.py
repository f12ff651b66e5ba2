from enum import StrEnum

import pytest
from django.db.models import TextChoices

from nh_otp.errors import Conflict
from nh_otp.machine import WrongState, after, edges, guard_sql


class Door(TextChoices):
    OPEN = "OPEN", "열림"
    SHUT = "SHUT", "닫힘"


class Push(StrEnum):
    SHUT = "shut"
    SLAM = "slam"


TABLE = {(Door.OPEN, Push.SHUT): Door.SHUT, (Door.OPEN, Push.SLAM): Door.SHUT}


def test_what_is_listed_follows_and_everything_else_is_a_conflict() -> None:
    assert after(TABLE, Door.OPEN, Push.SHUT) is Door.SHUT

    with pytest.raises(WrongState) as refusal:
        after(TABLE, Door.SHUT, Push.SHUT)
    assert isinstance(refusal.value, Conflict)
    assert refusal.value.code == "state.wrong"


def test_the_guard_lists_each_pair_once_and_in_order() -> None:
    text = guard_sql("door", edges(TABLE), ["OPEN"])

    assert text.count("('OPEN', 'SHUT')") == 1
    assert "CONSTRAINT = 'door_state_guard'" in text
    assert "ENABLE ALWAYS TRIGGER door_state_guard" in text
