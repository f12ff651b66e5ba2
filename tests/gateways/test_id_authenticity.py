from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import cast
from urllib.parse import quote

import pytest

from nh_otp.gateways import Refused
from nh_otp.gateways.http.id_authenticity import HttpIdAuthenticity
from nh_otp.gateways.id_authenticity import Authenticity, IdAuthenticity, IdQuestion
from nh_otp.gateways.simulators import id_authenticity
from nh_otp.gateways.simulators.id_authenticity import IdAuthenticitySimulator
from tests.gateways.conftest import Reach
from tests.gateways.peers import Peer, answers, hangs_up


def asked(issued_on: date | None) -> IdQuestion:
    return IdQuestion(
        kind="RESIDENT_CARD", name="홍길동", birth_on=date(1980, 5, 5), number_tail="", issued_on=issued_on
    )


@pytest.fixture
def service(reach: Reach, clock: Callable[[], datetime]) -> IdAuthenticity:
    core = IdAuthenticitySimulator(clock=clock, pause=reach.pause)
    return cast(IdAuthenticity, reach.to(core, id_authenticity.app, HttpIdAuthenticity))


@pytest.mark.parametrize(
    ("issued_on", "result"),
    [
        (date(2019, 1, 12), Authenticity.GENUINE),
        (date(2019, 1, 13), Authenticity.MISMATCH),
        (date(2021, 1, 14), Authenticity.REPORTED_LOST),
        (date(2019, 2, 13), Authenticity.GENUINE),
        (None, Authenticity.GENUINE),
    ],
)
def test_the_day_of_issue_decides_the_answer(
    service: IdAuthenticity, issued_on: date | None, result: Authenticity
) -> None:
    answer = service.query(asked(issued_on))

    assert answer.result is result
    assert answer.transaction_id.startswith("ID-")
    assert answer.answered_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("issued_on", [date(2019, 1, 15), date(2019, 1, 16)])
def test_a_teller_is_told_in_time_that_the_service_does_not_answer(service: IdAuthenticity, issued_on: date) -> None:
    began = monotonic()

    answer = service.query(asked(issued_on))

    assert answer.result is Authenticity.UNAVAILABLE
    assert answer.transaction_id == ""
    assert monotonic() - began < 1


def test_every_question_has_its_own_transaction(service: IdAuthenticity) -> None:
    answers = {service.query(asked(None)).transaction_id for _ in range(3)}

    assert len(answers) == 3


def test_a_service_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    service = HttpIdAuthenticity("http+unix://" + quote(str(tmp_path / "nobody"), safe=""))

    assert service.query(asked(None)).result is Authenticity.UNAVAILABLE


def test_an_answer_nobody_agreed_on_is_no_answer(peer: Callable[..., Peer]) -> None:
    there = peer(answers({"result": "PERHAPS"}), answers(b"<html>"), answers([1]), answers({}, status=429))
    service = HttpIdAuthenticity(there.url)

    results = [service.query(asked(None)).result for _ in range(4)]

    service.close()
    assert results == [Authenticity.UNAVAILABLE] * 4


def test_a_broken_question_is_asked_once_more_and_not_oftener(peer: Callable[..., Peer]) -> None:
    there = peer(hangs_up, hangs_up)
    service = HttpIdAuthenticity(there.url)

    answer = service.query(asked(None))

    service.close()
    assert answer.result is Authenticity.UNAVAILABLE
    assert len(there.requests) == 2


def test_a_question_the_service_cannot_read_is_refused_by_its_code(peer: Callable[..., Peer]) -> None:
    there = peer(answers({"code": "kind.malformed"}, status=400))
    service = HttpIdAuthenticity(there.url)

    with pytest.raises(Refused) as refusal:
        service.query(asked(None))

    service.close()
    assert refusal.value.code == "kind.malformed"


def test_a_question_never_shows_who_was_asked_about() -> None:
    assert "홍길동" not in repr(asked(None))
    assert "1980" not in repr(asked(None))
