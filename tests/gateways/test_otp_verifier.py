from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from nh_otp.errors import Unavailable
from nh_otp.gateways import Refused
from nh_otp.gateways.http import transport
from nh_otp.gateways.http.otp_verifier import PIECE, HttpOtpVerifier
from nh_otp.gateways.otp_verifier import CodeCheck, LotHeader, LotReceipt, Outcome, Verdict
from tests.gateways.peers import Peer, answers, answers_then_leaves, dribbles, hangs_up, stays_silent

ROW = UUID("6f1c1b9e-0000-4000-8000-000000000001")
MATCH = {"outcome": "MATCH", "verification": str(ROW), "tries_left": 3, "drift_seconds": None, "neighbour": False}
WRONG = {"outcome": "WRONG", "verification": None, "tries_left": 2, "drift_seconds": None, "neighbour": False}
QUESTION = CodeCheck(device=uuid4(), subject=uuid4(), code="755224", once="key-1", staff_no="T0001")
KEY = b"k" * 16
LOT = LotHeader(vendor="MIRAE", product="T-6", branch_code="0001", till="T0001", key=KEY, imported_by="C0001")


class Stream(io.BytesIO):
    """Remembers the largest piece that was read at once."""

    largest = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.largest = max(self.largest, len(piece))
        return piece


def body_of(request: bytes) -> Any:
    return json.loads(request.partition(b"\r\n\r\n")[2])


def unchunked(request: bytes) -> bytes:
    rest, whole = request.partition(b"\r\n\r\n")[2], b""
    while size := int(rest.partition(b"\r\n")[0], 16):
        rest = rest.partition(b"\r\n")[2]
        whole, rest = whole + rest[:size], rest[size + 2 :]
    return whole


def test_a_teller_learns_what_the_verifier_says_of_a_code(peer: Callable[..., Peer]) -> None:
    there = peer(answers(MATCH), answers(WRONG))
    verifier = HttpOtpVerifier(there.url)

    verdicts = [verifier.check(QUESTION), verifier.check(QUESTION)]

    verifier.close()
    assert verdicts == [Verdict(Outcome.MATCH, ROW, 3), Verdict(Outcome.WRONG, None, 2)]
    assert there.connections == 1
    assert body_of(there.requests[0]) == {
        "device": str(QUESTION.device),
        "subject": str(QUESTION.subject),
        "purpose": "FIRST_CODE",
        "code": "755224",
        "once": "key-1",
        "staff_no": "T0001",
    }


def test_a_check_that_broke_off_is_never_sent_again(peer: Callable[..., Peer]) -> None:
    there = peer(answers(WRONG), hangs_up, answers(MATCH))
    verifier = HttpOtpVerifier(there.url)
    verifier.check(QUESTION)

    with pytest.raises(Unavailable):
        verifier.check(QUESTION)

    verifier.close()
    assert len(there.requests) == 2


def test_a_check_is_not_sent_into_a_connection_the_verifier_has_closed(peer: Callable[..., Peer]) -> None:
    there = peer(answers_then_leaves(WRONG), answers(MATCH))
    verifier = HttpOtpVerifier(there.url)
    verifier.check(QUESTION)
    assert there.left.wait(5)

    verdict = verifier.check(QUESTION)

    verifier.close()
    assert verdict.outcome is Outcome.MATCH
    assert (len(there.requests), there.connections) == (2, 2)


def test_a_connection_that_rested_too_long_is_not_trusted_with_a_check(
    peer: Callable[..., Peer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "IDLE_LIMIT", 0.0)
    there = peer(answers(WRONG), answers(MATCH))
    verifier = HttpOtpVerifier(there.url)

    verifier.check(QUESTION)
    verifier.check(QUESTION)

    verifier.close()
    assert there.connections == 2


def test_a_silent_verifier_is_given_up_in_time_and_asked_once(peer: Callable[..., Peer]) -> None:
    enough, began = Event(), monotonic()
    there = peer(stays_silent(enough))
    verifier = HttpOtpVerifier(there.url, budget=0.2)

    with pytest.raises(Unavailable):
        verifier.check(QUESTION)

    elapsed = monotonic() - began
    enough.set()
    verifier.close()
    assert 0.15 < elapsed < 1
    assert len(there.requests) == 1


def test_an_answer_in_endless_small_pieces_is_given_up_in_time(peer: Callable[..., Peer]) -> None:
    enough, began = Event(), monotonic()
    there = peer(dribbles(enough))
    verifier = HttpOtpVerifier(there.url, budget=0.2)

    with pytest.raises(Unavailable):
        verifier.check(QUESTION)

    elapsed = monotonic() - began
    enough.set()
    verifier.close()
    assert elapsed < 1


@pytest.mark.parametrize(
    "answer",
    [
        answers({}, status=500),
        answers({"code": "busy"}, status=503),
        answers(b"not json"),
        answers({"outcome": "FINE", "verification": None, "tries_left": 3}),
        answers({"outcome": "MATCH", "verification": "7", "tries_left": 3}),
        answers({}, status=404),
        answers(MATCH, status=302),
    ],
)
def test_what_is_no_answer_leaves_the_check_open(peer: Callable[..., Peer], answer: Any) -> None:
    there = peer(answer)
    verifier = HttpOtpVerifier(there.url)

    with pytest.raises(Unavailable):
        verifier.check(QUESTION)

    verifier.close()
    assert len(there.requests) == 1


def test_a_verifier_that_is_not_running_is_unavailable_and_the_code_is_told_to_nobody(tmp_path: Path) -> None:
    verifier = HttpOtpVerifier("http+unix://" + quote(str(tmp_path / "nobody"), safe=""))

    with pytest.raises(Unavailable) as failure:
        verifier.check(QUESTION)

    assert "755224" not in f"{failure.value!r} {failure.value.facts} {failure.value.__cause__!r} {QUESTION!r}"


def test_a_code_of_the_wrong_shape_is_refused_by_its_code(peer: Callable[..., Peer]) -> None:
    there = peer(answers({"code": "code.malformed"}, status=422))
    verifier = HttpOtpVerifier(there.url)

    with pytest.raises(Refused) as refusal:
        verifier.check(QUESTION)

    verifier.close()
    assert refusal.value.code == "code.malformed"


def test_a_standing_verification_is_found_again_also_after_a_broken_connection(peer: Callable[..., Peer]) -> None:
    there = peer(hangs_up, answers(MATCH), answers({"code": "verification.none"}, status=404))
    verifier = HttpOtpVerifier(there.url)

    found = verifier.standing(device=QUESTION.device, subject=QUESTION.subject)
    none = verifier.standing(device=QUESTION.device, subject=QUESTION.subject)

    verifier.close()
    assert found == Verdict(Outcome.MATCH, ROW, 3)
    assert none is None
    line = f"GET /standing?device={QUESTION.device}&subject={QUESTION.subject} HTTP/1.1\r\n".encode()
    assert [request.startswith(line) for request in there.requests] == [True, True, True]


def test_a_custodian_streams_a_seed_file_in_pieces(peer: Callable[..., Peer]) -> None:
    lot, file = uuid4(), Stream(b"\x00<KeyContainer>\n" * 60_000)
    there = peer(answers({"lot": str(lot), "devices": 60_000}, status=201))
    verifier = HttpOtpVerifier(there.url)

    receipt = verifier.seal_lot(LOT, file)

    verifier.close()
    about, _, streamed = unchunked(there.requests[0]).partition(b"\n")
    assert receipt == LotReceipt(lot=lot, devices=60_000)
    assert base64.b64decode(json.loads(about).pop("key")) == KEY
    assert json.loads(about) == {
        "vendor": "MIRAE",
        "product": "T-6",
        "branch_code": "0001",
        "till": "T0001",
        "key": base64.b64encode(KEY).decode(),
        "passphrase": None,
        "format": "PSKC",
        "quarantined": False,
        "ref": "",
        "imported_by": "C0001",
    }
    assert streamed == file.getvalue()
    assert file.largest == PIECE


def test_a_custodian_reads_why_a_seed_file_was_refused(peer: Callable[..., Peer]) -> None:
    there = peer(answers({"code": "lot.mac", "message": "시드파일을 열 수 없습니다."}, status=422))
    verifier = HttpOtpVerifier(there.url)

    with pytest.raises(Refused) as refusal:
        verifier.seal_lot(LOT, io.BytesIO(b"<KeyContainer/>"))

    verifier.close()
    assert (refusal.value.code, refusal.value.message) == ("lot.mac", "시드파일을 열 수 없습니다.")


@pytest.mark.parametrize("broken", [hangs_up, answers({}, status=500)])
def test_a_seed_file_whose_answer_got_lost_is_not_sent_again(peer: Callable[..., Peer], broken: Any) -> None:
    there = peer(broken)
    verifier = HttpOtpVerifier(there.url)

    with pytest.raises(Unavailable):
        verifier.seal_lot(LOT, io.BytesIO(b"<KeyContainer/>"))

    verifier.close()
    assert len(there.requests) == 1


@pytest.mark.parametrize("url", ["https://host:1", "http://host:1/path", "/run/s", "http+unix:///run/s"])
def test_an_operator_is_told_of_an_address_that_cannot_work(url: str) -> None:
    with pytest.raises(ValueError, match="gateway URL"):
        HttpOtpVerifier(url)
