from __future__ import annotations

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
from nh_otp.gateways.http.sms import HttpSms
from nh_otp.gateways.simulators import sms
from nh_otp.gateways.simulators.sms import SmsSimulator
from nh_otp.gateways.sms import Sms, Text
from tests.gateways.conftest import Reach

NOTICE = Text(to="010-0000-0001", body="[은행] OTP 사고신고가 접수되었습니다.\n문의: 1588-0000")


@dataclass(frozen=True, slots=True)
class Carrier:
    core: SmsSimulator
    adapter: Sms


@pytest.fixture
def opened(reach: Reach, clock: Callable[[], datetime], tmp_path: Path) -> Callable[[], Carrier]:
    """The carrier as it is after a start; every call is another start on the same state file."""

    def start() -> Carrier:
        core = SmsSimulator(tmp_path / "sms.jsonl", clock=clock, pause=reach.pause)
        return Carrier(core, cast(Sms, reach.to(core, sms.app, HttpSms)))

    return start


@pytest.fixture
def carrier(opened: Callable[[], Carrier]) -> Carrier:
    return opened()


def test_a_customer_finds_the_notice_in_the_inbox(carrier: Carrier) -> None:
    receipt = carrier.adapter.send(NOTICE, message_id=uuid4())

    assert receipt.number == "SM-00000001"
    assert [text["content"] for text in carrier.core.inbox()] == [{"to": NOTICE.to, "body": NOTICE.body}]


def test_a_notice_sent_twice_reaches_the_customer_once(opened: Callable[[], Carrier]) -> None:
    message_id = uuid4()
    first = opened().adapter.send(NOTICE, message_id=message_id)

    after_restart = opened()
    again = after_restart.adapter.send(NOTICE, message_id=message_id)

    assert again == first
    assert len(after_restart.core.inbox()) == 1


def test_the_inbox_shows_the_last_two_hundred_texts_newest_first(carrier: Carrier) -> None:
    for number in range(203):
        carrier.core.send(Text(to=NOTICE.to, body=str(number)), message_id=uuid4())

    bodies = [text["content"]["body"] for text in carrier.core.inbox()]

    assert bodies == [str(number) for number in range(202, 2, -1)]


def test_another_text_under_the_same_id_is_refused(carrier: Carrier) -> None:
    message_id = uuid4()
    carrier.adapter.send(NOTICE, message_id=message_id)

    with pytest.raises(Refused):
        carrier.adapter.send(Text(to=NOTICE.to, body="다른 내용"), message_id=message_id)

    assert len(carrier.core.inbox()) == 1


@pytest.mark.parametrize("mode", ["down", "slow"])
def test_a_carrier_in_trouble_is_unavailable_in_time(carrier: Carrier, mode: str) -> None:
    carrier.core.behaviour.switch({"mode": mode})
    began = monotonic()

    with pytest.raises(Unavailable):
        carrier.adapter.send(NOTICE, message_id=uuid4())

    assert monotonic() - began < 1
