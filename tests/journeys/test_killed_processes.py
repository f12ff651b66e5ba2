"""`kill -9` at the worst moment, a lost broker, an old page: nothing is lost, nothing happens twice."""

from __future__ import annotations

import os
import signal
import urllib.request
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.desk import NOTHING_ODD, PAPERS, Answer, Desk, approved_case, identity_of, report_loss
from tests.journeys.product import Customer, Product, until

pytestmark = pytest.mark.e2e

WEB, WORKER = "gunicorn nh_otp.wsgi", "celery -A nh_otp.celery worker"
VERIFIED = """
SELECT 1 FROM code_check WHERE case_id = %s AND outcome = 'MATCH' AND consumed_at IS NULL
AND EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)
"""
CHECKS = "SELECT outcome, consumed_at IS NOT NULL FROM code_check WHERE case_id = %s"
STATE = "SELECT state FROM reissue_case WHERE id = %s"
SUSPENSION = """
SELECT attempts, done_at IS NOT NULL FROM outbox_message
WHERE task = 'devices.tasks.tell_centre' AND content->>'device' = %s
"""


def is_up(product: Product) -> bool:
    try:
        with urllib.request.urlopen(f"{product.address}/healthz", timeout=2):
            return True
    except OSError:
        return False


def kill_before_registration(product: Product, customer: Customer, case: str, send: Callable[[], Answer]) -> None:
    """The verifier has answered, registration waits for the customer's row, and the web process dies."""
    ref = case.split("/")[2]
    with ThreadPoolExecutor(1) as pool, product.connect() as owner, owner.transaction():
        owner.execute("SELECT 1 FROM customer WHERE id = %s FOR UPDATE", [customer.ref])
        sent = pool.submit(send)
        until(lambda: bool(product.rows(VERIFIED, ref)), "registration waits behind a committed match")
        product.kill(WEB)
        with pytest.raises(OSError):
            sent.result()
    until(lambda: is_up(product), "the web is back")


@pytest.mark.parametrize("retry", ["button", "same form"])
def test_a_registration_is_finished_after_the_web_was_killed_without_a_second_code(
    product: Product, teller: Desk, supervisor: Desk, retry: str
) -> None:
    customer, serial = product.customer(), product.next_device(teller.staff_no)
    case = approved_case(teller, supervisor, customer, serial)
    ref, code, once = case.split("/")[2], product.code(serial), str(uuid.uuid4())

    kill_before_registration(product, customer, case, lambda: teller.form(f"{case}first-code/", code=code, once=once))

    assert product.rows(STATE, ref) == [("APPROVED",)]
    assert product.rows(CHECKS, ref) == [("MATCH", False)]
    assert "번호는 맞았으나 사용등록이 끝나지 않았습니다." in teller.get(case).text
    if retry == "button":
        finished = teller.form(f"{case}registration/")
    else:
        finished = teller.form(f"{case}first-code/", code=code, once=once)
    assert finished.onward == case
    assert product.rows(STATE, ref) == [("REGISTERED",)]
    assert product.rows(CHECKS, ref) == [("MATCH", True)]
    assert product.state_of(customer.serial, serial) == ["RETIRED", "IN_USE"]
    until(lambda: product.centre_heard(serial) == ["register"], "the centre knows the new device")


def test_the_centre_learns_of_a_suspension_though_worker_and_broker_were_lost(product: Product, teller: Desk) -> None:
    customer, messages = product.customer(), product.folder / "broker" / "messages"
    for pid in product.processes(WORKER):
        os.kill(pid, signal.SIGSTOP)

    report_loss(teller, customer)
    until(lambda: product.rows(SUSPENSION, customer.device) == [(1, False)], "the relay has handed the message over")
    until(lambda: any(messages.iterdir()), "the broker holds the message")
    product.kill(WORKER)
    for file in messages.iterdir():
        file.unlink()

    assert product.centre_heard(customer.serial) == []
    until(lambda: product.rows(SUSPENSION, customer.device) == [(2, True)], "the message is handed over again")
    assert product.centre_heard(customer.serial) == ["suspend"]


def test_old_pages_sent_again_after_the_hand_over_are_refused(product: Product, teller: Desk, supervisor: Desk) -> None:
    customer, serial = product.customer(), product.next_device(teller.staff_no)
    case = approved_case(teller, supervisor, customer, serial)
    assert teller.form(f"{case}first-code/", code=product.code(serial)).onward == case
    assert teller.form(f"{case}hand-over/", signed="on").onward == case
    pages: dict[str, dict[str, Any]] = {
        "identity": {**identity_of(customer.name, customer.birth_on)},
        "paperwork": {"documents": PAPERS, "consent": "on", "fee_method": "CASH", **NOTHING_ODD},
        "device": {"serial": product.next_device(teller.staff_no)},
        "submission": {"memo": ""},
        "withdrawal": {},
        "fee": {"method": "CASH", "transaction_no": "1123-0001"},
        "first-code": {"code": "000000"},
        "hand-over": {"signed": "on"},
        "cancellation": {"reason": "CUSTOMER"},
    }

    answers = {page: teller.form(f"{case}{page}/", **given) for page, given in pages.items()}
    answers["approval"] = supervisor.form(f"{case}approval/", seen="0" * 64)

    assert {page: answer.status for page, answer in answers.items()} == dict.fromkeys(answers, 409)
    assert all('role="alert"' in answer.text for answer in answers.values())
    assert teller.form(f"{case}registration/").onward == case
    assert product.rows(STATE, case.split("/")[2]) == [("COMPLETED",)]


def test_two_presses_of_the_last_button_at_once_hand_over_once(
    product: Product, teller: Desk, supervisor: Desk
) -> None:
    customer, serial = product.customer(), product.next_device(teller.staff_no)
    case = approved_case(teller, supervisor, customer, serial)
    assert teller.form(f"{case}first-code/", code=product.code(serial)).onward == case

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(teller.form, f"{case}hand-over/", signed="on") for _ in range(2)]

    assert sorted(each.result().status for each in both) == [303, 409]
    entries = "SELECT 1 FROM audit_view WHERE action = 'reissue.handed_over' AND outcome = 'DONE' AND subjects @> %s"
    assert len(product.rows(entries, f'[["ReissueCase", "{case.split("/")[2]}"]]')) == 1
