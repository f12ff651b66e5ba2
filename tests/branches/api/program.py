"""A staff front end as the API sees it: a session, JSON, and a key for everything that changes something."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.utils import timezone

from branches.models import Staff
from branches.models.session import SessionStore

V1 = "/api/v1"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    kind: str

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass
class Program:
    """Sends requests with one session; `client` knows no CSRF token unless it is given one."""

    client: Client

    @classmethod
    def of(cls, person: Staff, *, stepped_up: float | None = None, enforce_csrf: bool = False) -> Program:
        """Signed in with both factors, the second one at a moment in Unix seconds (now)."""
        session, now = SessionStore(), timezone.now().timestamp()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "nh_otp.sign_in.StaffBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session["account_authentication_methods"] = [{"method": "mfa", "at": stepped_up or now}]
        session["began"] = session["seen"] = now
        session.create()
        client = Client(enforce_csrf_checks=enforce_csrf)
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        return cls(client)

    def get(self, path: str, **query: str) -> Answer:
        return told(self.client.get(V1 + path, query))

    def post(self, path: str, body: object = None, *, key: UUID | str | None = None, **more: Any) -> Answer:
        """A new key each time, unless one is given; "" sends none."""
        headers = {} if key == "" else {"Idempotency-Key": str(key or uuid4())}
        text = body if isinstance(body, str) else json.dumps({} if body is None else body, default=str)
        kind = more.pop("content_type", "application/json")
        return told(self.client.post(V1 + path, text, content_type=kind, headers=headers | more.pop("headers", {})))


def told(response: Any) -> Answer:
    body = json.loads(response.content) if response.content else None
    return Answer(response.status_code, body, response.headers.get("Content-Type", ""))
