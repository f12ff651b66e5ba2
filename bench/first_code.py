"""First code through HTTP against a bare view under the same server, interleaved; and one code sent 10,000 times."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TYPE_CHECKING

from django.utils import timezone

from bench.load import Answers, send
from bench.running import house

if TYPE_CHECKING:
    from bench.stage import Waiting

ROUNDS = 3
CODES_PER_ROUND = {False: 480, True: 1600}
SAME_CODE_SENT, SAME_CODE_DEVICES, SAME_CODE_CLIENTS = 10_000, 10, 64
FOUND, DONE = 303, 200


def measure(*, full: bool) -> dict[str, object]:
    """Requests per second, the 99th percentile, the ratio to the bare view of the same run."""
    with house() as (built, baseline):
        from bench import stage

        branch, teller, supervisor = stage.organisation()
        cookie = stage.session(teller)
        first, bare = [], []
        for prefix in range(11, 11 + ROUNDS + 1):
            made = stage.import_devices(prefix, CODES_PER_ROUND[full])
            cases = stage.waiting(branch, teller, supervisor, prefix=prefix, made=made)
            bare.append(_expect(DONE, send(baseline, _bare_requests(len(cases)))))
            first.append(_expect(FOUND, send(built.ports.web, _code_requests(cases, cookie))))
        accepted = _same_code()
    first, bare = first[1:], bare[1:]  # the first round warms both
    return {
        "rps": round(median(answers.per_second for answers in first), 1),
        "p50_ms": round(median(answers.p50_ms for answers in first), 1),
        "p99_ms": round(median(answers.p99_ms for answers in first), 1),
        "bare_rps": round(median(answers.per_second for answers in bare), 1),
        "ratio_to_bare": round(median(f.per_second / b.per_second for f, b in zip(first, bare, strict=True)), 3),
        "same_code_sent": SAME_CODE_SENT,
        "same_code_devices": SAME_CODE_DEVICES,
        "same_code_accepted": accepted,
    }


def _expect(status: int, answers: Answers) -> Answers:
    wrong = [found for found in answers.statuses if found != status]
    if wrong:
        raise SystemExit(f"{len(wrong)} answers were not {status}: {sorted(set(wrong))}")
    return answers


def _bare_requests(count: int) -> Sequence[bytes]:
    from bench.stage import BARE_ROWS
    from branches.models import Terminal

    keys = list(Terminal.objects.values_list("pk", flat=True))
    return [f"GET /bare/{keys[n % BARE_ROWS]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for n in range(count)]


def _code_requests(cases: Sequence[Waiting], cookie: str) -> Sequence[bytes]:
    """Forms as a browser posts them; the codes are of this minute, the window takes the next."""
    from django.urls import reverse

    token = "b" * 32
    return [
        _form(
            reverse("first_code", args=[waiting.case]),
            f"csrfmiddlewaretoken={token}&once={uuid.uuid4()}&code={_code(waiting)}",
            f"nh_session={cookie}; nh_csrf={token}",
        )
        for waiting in cases
    ]


def _form(path: str, body: str, cookies: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode()


def _code(waiting: Waiting) -> str:
    from devices import otp
    from devices.states import Algorithm

    device = waiting.device
    parameters = otp.Parameters(Algorithm(device.algorithm), device.digits, device.period)
    return otp.code_at(device.secret, parameters, otp.step_at(timezone.now(), device.period))


def _same_code() -> int:
    """Send one right code of each of ten devices a thousand times, from 64 connections; count the matches."""
    from bench import stage
    from branches.models import Branch, Staff
    from devices.models import DeskTries
    from nh_otp.access import Role

    branch = Branch.objects.get()
    teller, supervisor = (Staff.objects.get(role=role) for role in (Role.TELLER, Role.SUPERVISOR))
    made = stage.import_devices(91, SAME_CODE_DEVICES)
    cases = stage.waiting(branch, teller, supervisor, prefix=91, made=made)
    for waiting in cases:
        device = _device_key(waiting)
        DeskTries.objects.create(device_id=device, case_id=waiting.case, granted=SAME_CODE_SENT)
    asked = [(_device_key(waiting), waiting.case, _code(waiting)) for waiting in cases]
    questions = [asked[n % SAME_CODE_DEVICES] for n in range(SAME_CODE_SENT)]
    with ThreadPoolExecutor(SAME_CODE_CLIENTS) as clients:
        return sum(clients.map(_matches, questions))


def _device_key(waiting: Waiting) -> uuid.UUID:
    from branches.models import ReissueCase

    return ReissueCase.objects.values_list("new_device_id", flat=True).get(pk=waiting.case)


def _matches(asked: tuple[uuid.UUID, uuid.UUID, str]) -> bool:
    from nh_otp import gateways
    from nh_otp.gateways.otp_verifier import CodeCheck, Outcome

    device, case, code = asked
    question = CodeCheck(device=device, subject=case, code=code, once=str(uuid.uuid4()), staff_no="E1")
    return gateways.otp_verifier().check(question).outcome is Outcome.MATCH
