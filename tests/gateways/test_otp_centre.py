from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import cast
from uuid import uuid4

import pytest

from nh_otp.errors import Unavailable
from nh_otp.gateways import Refused
from nh_otp.gateways.http.otp_centre import HttpOtpCentre
from nh_otp.gateways.otp_centre import DeviceKey, OtpCentre
from nh_otp.gateways.simulators import otp_centre
from nh_otp.gateways.simulators.otp_centre import OtpCentreSimulator
from tests.gateways.conftest import Reach

LOST = DeviceKey(vendor="MIRAE", serial="0012345678")
AWKWARD = DeviceKey(vendor="A/B?", serial="%2F 0 한#1")


@dataclass(frozen=True, slots=True)
class Centre:
    core: OtpCentreSimulator
    adapter: OtpCentre

    @property
    def effects(self) -> int:
        return sum(1 for _ in self.core.ledger.effects())


@pytest.fixture
def opened(reach: Reach, clock: Callable[[], datetime], tmp_path: Path) -> Callable[[], Centre]:
    """The centre as it is after a start; every call is another start on the same state file."""

    def start() -> Centre:
        core = OtpCentreSimulator(tmp_path / "state" / "otp_centre.jsonl", clock=clock, pause=reach.pause)
        return Centre(core, cast(OtpCentre, reach.to(core, otp_centre.app, HttpOtpCentre)))

    return start


@pytest.fixture
def centre(opened: Callable[[], Centre]) -> Centre:
    return opened()


def test_the_centre_gives_every_message_its_own_receipt(centre: Centre) -> None:
    suspended = centre.adapter.suspend(device=LOST, message_id=uuid4())
    registered = centre.adapter.register(device=AWKWARD, customer_key="C-1", message_id=uuid4())
    retired = centre.adapter.retire(device=LOST, message_id=uuid4())

    assert [suspended.number, registered.number, retired.number] == ["OC-00000001", "OC-00000002", "OC-00000003"]
    assert suspended.at < registered.at < retired.at
    assert [(row["vendor"], row["serial"], row["verb"]) for row in centre.core.ledger.log()] == [
        (LOST.vendor, LOST.serial, "suspend"),
        (AWKWARD.vendor, AWKWARD.serial, "register"),
        (LOST.vendor, LOST.serial, "retire"),
    ]


def test_errors_are_reset_for_a_device_in_use_and_for_no_stopped_one(centre: Centre) -> None:
    centre.adapter.register(device=LOST, customer_key="C-1", message_id=uuid4())

    reset = centre.adapter.reset_errors(device=LOST, message_id=uuid4())
    centre.adapter.suspend(device=LOST, message_id=uuid4())

    assert reset.number == "OC-00000002"
    with pytest.raises(Refused) as refusal:
        centre.adapter.reset_errors(device=LOST, message_id=uuid4())
    assert refusal.value.code == "device.suspended"
    assert centre.effects == 3


def test_a_suspension_told_twice_is_one_suspension_with_the_first_receipt(centre: Centre) -> None:
    message_id = uuid4()

    first = centre.adapter.suspend(device=LOST, message_id=message_id)
    again = centre.adapter.suspend(device=LOST, message_id=message_id)

    assert again == first
    assert centre.effects == 1
    assert len(centre.core.ledger.entries) == 2


def test_a_restarted_centre_still_knows_what_it_was_told(opened: Callable[[], Centre], tmp_path: Path) -> None:
    message_id = uuid4()
    before = opened()
    first = before.adapter.suspend(device=LOST, message_id=message_id)
    before.adapter.retire(device=AWKWARD, message_id=uuid4())

    after = opened()

    assert after.adapter.suspend(device=LOST, message_id=message_id) == first
    with pytest.raises(Refused):
        after.adapter.suspend(device=AWKWARD, message_id=uuid4())
    lines = (tmp_path / "state" / "otp_centre.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["effect"] for line in lines] == [True, True, False]


def test_a_centre_killed_in_the_middle_of_a_line_starts_without_it(
    opened: Callable[[], Centre], tmp_path: Path
) -> None:
    opened().adapter.suspend(device=LOST, message_id=uuid4())
    with (tmp_path / "state" / "otp_centre.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"message_id": "torn')

    after = opened()
    after.adapter.retire(device=LOST, message_id=uuid4())

    assert after.effects == 2
    assert opened().effects == 2


def test_a_device_that_ended_is_never_registered_again(centre: Centre) -> None:
    centre.adapter.retire(device=LOST, message_id=uuid4())

    with pytest.raises(Refused) as refusal:
        centre.adapter.register(device=LOST, customer_key="C-1", message_id=uuid4())

    assert refusal.value.code == "device.retired"
    assert centre.effects == 1


def test_a_message_id_used_for_something_else_is_refused(centre: Centre) -> None:
    message_id = uuid4()
    centre.adapter.suspend(device=LOST, message_id=message_id)

    with pytest.raises(Refused) as refusal:
        centre.adapter.suspend(device=AWKWARD, message_id=message_id)

    assert refusal.value.code == "message_id.used_for_another_message"
    assert centre.effects == 1


def test_a_centre_that_is_down_takes_nothing(centre: Centre) -> None:
    centre.core.behaviour.switch({"mode": "down"})

    with pytest.raises(Unavailable):
        centre.adapter.suspend(device=LOST, message_id=uuid4())

    assert centre.core.ledger.entries == []


def test_a_slow_centre_took_the_message_although_the_bank_gave_up(centre: Centre) -> None:
    message_id, began = uuid4(), monotonic()
    centre.core.behaviour.switch({"mode": "slow"})

    with pytest.raises(Unavailable):
        centre.adapter.suspend(device=LOST, message_id=message_id)

    assert monotonic() - began < 1
    centre.core.behaviour.switch({"mode": "normal"})
    assert centre.adapter.suspend(device=LOST, message_id=message_id).number == "OC-00000001"
    assert centre.effects == 1


def test_a_centre_that_gets_everything_twice_suspends_once(centre: Centre) -> None:
    centre.core.behaviour.switch({"mode": "duplicate"})

    receipt = centre.adapter.suspend(device=LOST, message_id=uuid4())

    assert receipt.number == "OC-00000001"
    assert [row["effect"] for row in centre.core.ledger.log()] == [True, False]
