"""The same case through /api/v1 alone, as a front end of the bank's own would do it."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.journeys.desk import PAPERS, Desk
from tests.journeys.product import Customer, Product, until

pytestmark = pytest.mark.e2e

TIMES = 50


def prepare(teller: Desk, customer: Customer, serial: str) -> str:
    """From the search to the request for approval; answers with the case's path."""
    found = teller.verb("/customers/search", {"text": f"{customer.name} {customer.birth_on:%y%m%d}"}).json
    (person,) = found["customers"]
    (device,) = teller.look(f"/customers/{person['ref']}")["devices"]
    done(teller, "/loss-reports", 201, customer_ref=person["ref"], devices=[device["ref"]], kind="LOST")
    opened = done(teller, "/cases", 201, customer_ref=person["ref"], reason="LOST", old_device=device["ref"])
    case = f"/cases/{opened['ref']}"
    checked = done(
        teller,
        f"{case}/identity-check",
        document="RESIDENT_CARD",
        name=customer.name,
        birth_on=customer.birth_on.isoformat(),
        issued_on="2020-06-01",
        photo_matched=True,
    )
    assert checked["result"] == "GENUINE"
    nothing_odd = [False, False, False]
    done(
        teller,
        f"{case}/paperwork",
        documents=PAPERS,
        phishing_answers=nothing_odd,
        consent=True,
        fee_method="CASH",
    )
    done(teller, f"{case}/device", serial=serial)
    done(teller, f"{case}/submission", memo="")
    return case


def done(desk: Desk, path: str, status: int = 200, **given: object) -> Any:
    answer = desk.verb(path, given)
    assert answer.status == status, answer.text
    return answer.json


def test_a_lost_token_is_replaced_through_the_api_alone(product: Product, teller: Desk, supervisor: Desk) -> None:
    customer, serial = product.customer(), product.next_device(teller.staff_no)

    case = prepare(teller, customer, serial)
    waiting = supervisor.look("/approvals")["approvals"]
    shown = supervisor.look(f"/approvals/{case.removeprefix('/cases/')}")
    done(supervisor, f"{case}/approval", seen=shown["seen"], flags=shown["flags"])
    done(teller, f"{case}/fee", fee_method="CASH", transaction_no="1123-0044")
    told = done(teller, f"{case}/first-code", code=product.code(serial))
    ended = done(teller, f"{case}/hand-over", signed=True)

    assert case.removeprefix("/cases/") in [each["case"] for each in waiting]
    assert (told["outcome"], told["case"]["state"], ended["state"]) == ("MATCH", "REGISTERED", "COMPLETED")
    assert product.state_of(customer.serial, serial) == ["RETIRED", "IN_USE"]
    until(lambda: product.centre_heard(customer.serial) == ["suspend", "retire"], "the centre knows the old device")
    until(lambda: product.centre_heard(serial) == ["register"], "the centre knows the new device")


def test_one_request_sent_fifty_times_at_once_has_one_effect_and_one_answer(product: Product, teller: Desk) -> None:
    customer, key = product.customer(), str(uuid.uuid4())
    given = {"customer_ref": customer.ref, "devices": [customer.device], "kind": "LOST"}

    with ThreadPoolExecutor(TIMES) as pool:
        sent = [pool.submit(teller.verb, "/loss-reports", given, key=key) for _ in range(TIMES)]
    answers = {(each.result().status, each.result().text) for each in sent}

    ((status, _),) = answers
    assert status == 201
    assert len(product.rows("SELECT 1 FROM loss_report WHERE customer_id = %s", customer.ref)) == 1
    about = "SELECT outcome FROM audit_view WHERE action = 'loss.reported' AND subjects @> %s"
    assert product.rows(about, f'[["Customer", "{customer.ref}"]]') == [("DONE",)]
    until(lambda: product.centre_heard(customer.serial) == ["suspend"], "the centre knows, once")
