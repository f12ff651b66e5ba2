import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from nh_otp.logs import SECRET_KEYS, formatter


class Written:
    """What a logger wrote, line by line."""

    def __init__(self) -> None:
        self.stream = io.StringIO()
        self.standard = logging.getLogger("tests.kernel.written")
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(formatter())

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def line(self) -> dict[str, Any]:
        (line,) = self.text.splitlines()
        return dict(json.loads(line))


@pytest.fixture
def written() -> Iterator[Written]:
    log = Written()
    log.standard.addHandler(log.handler)
    log.standard.setLevel(logging.INFO)
    yield log
    log.standard.removeHandler(log.handler)


def told(**facts: object) -> None:
    structlog.get_logger("tests.kernel.written").info("case.opened", **facts)


def test_a_line_is_json_with_event_level_logger_and_time(written: Written) -> None:
    told(case="RI-261123-000147")

    line = written.line
    assert (line["event"], line["level"], line["case"]) == ("case.opened", "info", "RI-261123-000147")
    assert line["logger"] == "tests.kernel.written"
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("number", ["840312-2345678", "8403122345678", "840312-9345678"])
def test_a_resident_number_is_blanked_wherever_it_stands(written: Written, number: str) -> None:
    told(note=f"고객 {number} 확인", deep={"list": [number, {"more": number}]}, error=ValueError(number))

    assert number not in written.text
    assert written.line["note"] == "고객 *** 확인"


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_what_is_named_like_a_secret_is_blanked(written: Written, key: str) -> None:
    told(**{key: "482913"}, inside={key: "482913"}, listed=[{key: 482913}])

    assert "482913" not in written.text
    assert written.line[key] == "***"


@pytest.mark.parametrize("secret", ["0123456789abcdef" * 2, "GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"])
def test_what_looks_like_a_seed_is_blanked(written: Written, secret: str) -> None:
    told(note=f"seed {secret}.")

    assert secret not in written.text


def test_a_line_break_from_outside_makes_no_second_line(written: Written) -> None:
    told(note='x"\n{"event": "forged"}\r\n')

    assert written.line["note"] == 'x"\n{"event": "forged"}\r\n'


def test_of_an_exception_only_type_and_place_are_kept(written: Written) -> None:
    try:
        raise ValueError("김서연 010-2345-3481")
    except ValueError:
        structlog.get_logger("tests.kernel.written").exception("fault")

    assert "김서연" not in written.text
    assert written.line["error"] == "ValueError"
    assert written.line["at"].startswith("test_logs.py:")


def test_the_standard_librarys_loggers_go_the_same_way(written: Written) -> None:
    try:
        raise LookupError("김서연")
    except LookupError:
        written.standard.exception("fault of %s", "840312-2345678")

    assert "김서연" not in written.text
    assert "2345678" not in written.text
    assert written.line["error"] == "LookupError"


def test_an_exception_handed_over_as_a_value_is_told_alike(written: Written) -> None:
    structlog.get_logger("tests.kernel.written").error("fault", exc_info=KeyError("김서연"))

    assert "김서연" not in written.text
    assert written.line["error"] == "KeyError"


def test_what_a_server_hands_over_as_arguments_is_dropped(written: Written) -> None:
    told(positional_args=("GET /?name=김서연",))

    assert "김서연" not in written.text
