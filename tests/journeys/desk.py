"""One member of staff at a plain client: cookies, CSRF token and request keys as a front end keeps them."""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from typing import Any

from branches.management.demo.organisation import PASSWORD
from tests.journeys.product import Customer, Product

ISSUED_ON = "20200601"
PAPERS = ("APPLICATION", "ID_COPY", "LOSS_FORM")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def onward(self) -> str:
        """Where a form that was accepted leads."""
        assert self.status == 303, f"{self.status}: {self.text[-1500:]}"
        return str(self.headers["Location"])


@dataclass
class Desk:
    """The pages and the API as one member of staff uses them."""

    product: Product
    staff_no: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _NoRedirect)

    def sign_in(self) -> Desk:
        """Both factors, through the pages a person uses."""
        self.get("/accounts/login/")
        self._post("/accounts/login/", {"login": self.staff_no, "password": PASSWORD})
        code = self.product.second_factor(self.staff_no)
        done = self._post("/accounts/2fa/authenticate/", {"code": code})
        assert done.status == 302, done.text[-1500:]
        return self

    def get(self, path: str) -> Answer:
        return self._send(urllib.request.Request(self.product.address + path))

    def form(self, path: str, *, once: str = "", **fields: str | Sequence[str]) -> Answer:
        """A form as its page sends it, under a fresh key."""
        return self._post(path, {**fields, "once": once or str(uuid.uuid4())})

    def _post(self, path: str, fields: Mapping[str, str | Sequence[str]]) -> Answer:
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": self._token}, doseq=True).encode()
        return self._send(urllib.request.Request(self.product.address + path, body))

    def verb(self, path: str, body: Mapping[str, object], *, key: str = "") -> Answer:
        """A verb of the API with its idempotency key."""
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self._token,
            "Idempotency-Key": key or str(uuid.uuid4()),
        }
        address = f"{self.product.address}/api/v1{path}"
        return self._send(urllib.request.Request(address, json.dumps(body).encode(), headers))

    def look(self, path: str) -> Any:
        """What the API shows."""
        answer = self.get(f"/api/v1{path}")
        assert answer.status == 200, answer.text
        return answer.json

    @property
    def _token(self) -> str:
        return next((cookie.value or "" for cookie in self.jar if cookie.name == "nh_csrf"), "")

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=30) as found:
                return Answer(found.status, found.headers, found.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())


def report_loss(teller: Desk, customer: Customer) -> None:
    path = f"/customers/{customer.ref}/loss/"
    assert teller.form(path, device=customer.device, kind="LOST", reporter="SELF").onward


def approved_case(teller: Desk, supervisor: Desk, customer: Customer, serial: str) -> str:
    """A LOST case up to the moment before the first code, fee included; answers with its path."""
    report_loss(teller, customer)
    case = teller.form(f"/customers/{customer.ref}/cases/", reason="LOST", old_device=customer.device).onward
    assert teller.form(f"{case}identity/", **identity_of(customer.name, customer.birth_on)).onward == case
    assert teller.form(f"{case}paperwork/", documents=PAPERS, consent="on", fee_method="CASH", **NOTHING_ODD).onward
    assert teller.form(f"{case}device/", serial=serial).onward == case
    assert teller.form(f"{case}submission/", memo="").onward == case
    approve(supervisor, case)
    assert teller.form(f"{case}fee/", method="CASH", transaction_no="1123-0001").onward == case
    return case


NOTHING_ODD = {f"phishing_{number}": "no" for number in (1, 2, 3)}


def identity_of(name: str, birth_on: date) -> dict[str, str]:
    """What the teller types from a resident card."""
    birth = f"{birth_on:%Y%m%d}"
    return {
        "document": "RESIDENT_CARD",
        "name": name,
        "birth_on": birth,
        "issued_on": ISSUED_ON,
        "photo_matched": "on",
    }


def approve(supervisor: Desk, case: str) -> None:
    """Look at the request, tick every flag, approve exactly that."""
    address = case.replace("/cases/", "/approvals/")
    page = supervisor.get(address).text
    seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen, page[-1500:]
    flags = re.findall(r'name="flags" value="([A-Z_]+)"', page)
    assert supervisor.form(case + "approval/", seen=seen[0], flags=flags).onward == "/approvals/?done=approved"
