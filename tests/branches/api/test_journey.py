"""The LOST case from the customer's first words to the signed receipt, through the API alone."""

import json
from datetime import date
from typing import Any

from django.utils import timezone

from branches.models import ReissueCase
from branches.queries.paperwork import Paper
from devices.models import Device
from nh_otp.audit.models import AuditRow
from tests.branches.api.program import Answer, Program
from tests.branches.commands.coded import Coded
from tests.databases import Clone
from tests.factories.cast import Cast

RAW = ("김서연", "010-2345-3481", "01023453481", "301-0123-4567-82", "1984-03-12", "261100990001")
IDENTITY = {
    "document": "RESIDENT_CARD",
    "name": "김서연",
    "birth_on": "1984-03-12",
    "photo_matched": True,
    "issued_on": "2021-05-20",
    "number_tail": "2345678",
}
PAPERWORK = {
    "documents": [paper.value for paper in Paper],
    "phishing_answers": [False, False, False],
    "consent": True,
    "fee_method": "CASH",
}


def good(answer: Answer, status: int = 200) -> Any:
    """The body of an answer that is as it should be, and tells nobody's data."""
    assert answer.status == status, answer.body
    text = json.dumps(answer.body, ensure_ascii=False)
    assert [raw for raw in RAW if raw in text] == []
    return answer.body


def test_a_lost_device_is_replaced_by_two_people_through_the_api_alone(clone: Clone) -> None:
    cast = Cast()
    coded = Coded(cast)
    teller, supervisor = Program.of(cast.teller), Program.of(cast.supervisor)

    found = good(teller.post("/customers/search", {"text": "김서연 840312"}))
    (person,) = found["customers"]
    customer = good(teller.get(f"/customers/{person['ref']}"))
    (old,) = customer["devices"]
    lost = {"customer_ref": person["ref"], "devices": [old["ref"]], "kind": "LOST", "place": "지하철"}
    report = good(teller.post("/loss-reports", lost), 201)
    assert report["devices"][0]["state"] == "SUSPENDED"
    assert str(report["received_at"]).endswith("+09:00")
    assert good(teller.get(f"/loss-reports/{report['ref']}")) == report

    opening = {"customer_ref": person["ref"], "reason": "LOST", "old_device": old["ref"]}
    case = good(teller.post("/cases", opening), 201)
    at = f"/cases/{case['ref']}"
    assert good(teller.post(f"{at}/identity-check", IDENTITY))["result"] == "GENUINE"
    assert good(teller.post(f"{at}/paperwork", PAPERWORK))["fee"]["won"] == 5000
    assigned = good(teller.post(f"{at}/device", {"serial": coded.serial}))
    assert assigned["new_device"]["serial"] == "…0001"
    assert good(teller.post(f"{at}/submission", {"memo": "확인 부탁드립니다"}))["state"] == "AWAITING_APPROVAL"

    waiting = good(supervisor.get("/approvals"))["approvals"]
    assert [each["case"] for each in waiting] == [case["ref"]]
    shown = good(supervisor.get(f"/approvals/{case['ref']}"))
    decision = {"seen": shown["seen"], "flags": shown["flags"]}
    assert good(supervisor.post(f"{at}/approval", decision))["state"] == "APPROVED"

    paid = good(teller.post(f"{at}/fee", {"fee_method": "ACCOUNT", "transaction_no": "T-0001"}))
    assert (paid["fee"]["state"], paid["fee"]["method"]) == ("COLLECTED", "ACCOUNT")
    row = ReissueCase.objects.get()
    wrong = good(teller.post(f"{at}/first-code", {"code": coded.shows(row).wrong(timezone.now())}))
    assert (wrong["outcome"], wrong["tries_left"]) == ("WRONG", 2)
    right = good(teller.post(f"{at}/first-code", {"code": coded.shows(row).code(timezone.now())}))
    assert (right["outcome"], right["case"]["state"]) == ("MATCH", "REGISTERED")
    assert good(teller.post(f"{at}/registration"))["state"] == "REGISTERED"
    assert good(teller.post(f"{at}/hand-over", {"signed": True}))["state"] == "COMPLETED"

    assert Device.objects.get(pk=old["ref"]).state == "RETIRED"
    assert Device.objects.get(serial=coded.serial).state == "IN_USE"
    assert good(teller.get("/cases"))["cases"] == []
    assert good(teller.get(at))["ended_at"] is not None
    assert AuditRow.objects.filter(outcome="REFUSED").count() == 0
    assert date.fromisoformat(right["case"]["new_device"]["valid_until"]) > timezone.localdate()
