"""Doing a thing once, however often it is sent: the key commits with the effect, or with the refusal."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models

from nh_otp.access import Actor, Once
from nh_otp.errors import BRANCHES, DomainError, Invalid, NotFound, branch_of


class OnceMismatch(Invalid):
    code, message = (
        "once.other_body",
        "같은 요청 번호로 다른 내용을 보냈습니다. 화면을 새로 고친 뒤 다시 시도해 주십시오.",
    )


class OnceKey(models.Model):
    """An idempotency key, who sent it, what it was sent with and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    actor = models.CharField("요청자", max_length=60)
    key = models.UUIDField("요청 번호")
    body = models.CharField("본문 해시값", max_length=64)
    at = models.DateTimeField("시각")
    result_model = models.CharField("결과 종류", max_length=60, default="", blank=True)
    result_pk = models.CharField("결과", max_length=40, default="", blank=True)
    refusal_branch = models.CharField("거절 갈래", max_length=20, default="", blank=True)
    refusal_code = models.CharField("거절 코드", max_length=60, default="", blank=True)
    refusal_message = models.CharField("거절 문구", max_length=300, default="", blank=True)

    class Meta:
        db_table = "once_key"
        verbose_name = "요청 번호"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="once_key_one_per_actor")]
        indexes = [models.Index(fields=["at"], name="once_key_by_time")]

    def answer(self, action: str, once: Once) -> Any:
        """Give the remembered answer again: the object the effect made, or the refusal. Raises OnceMismatch."""
        if self.body != digest(action, once):
            raise OnceMismatch()
        if self.refusal_code:
            branch = next((b for b in BRANCHES if b.__name__ == self.refusal_branch), DomainError)
            refusal = branch(self.refusal_message, code=self.refusal_code)
            refusal.replayed = True
            raise refusal
        if not self.result_model:
            return None
        found = apps.get_model(self.result_model)._default_manager.filter(pk=self.result_pk).first()
        if found is None:
            raise NotFound()
        return found


def digest(action: str, once: Once) -> str:
    return hashlib.sha256(f"{action}\n{once.body}".encode()).hexdigest()


def actor_key(by: Actor) -> str:
    return f"{by.role}:{by.staff_no}"


CLAIM = """
INSERT INTO once_key (id, actor, key, body, at, result_model, result_pk, refusal_branch, refusal_code, refusal_message)
VALUES (%s, %s, %s, %s, %s, '', '', '', '', '') ON CONFLICT (actor, key) DO NOTHING
"""

REMEMBER = "UPDATE once_key SET result_model = %s, result_pk = %s WHERE actor = %s AND key = %s"


def claim(*, by: Actor, once: Once, action: str, at: datetime) -> OnceKey | None:
    """Take the key in this transaction and return None; a twin waits for our commit and gets the row instead."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [uuid.uuid4(), actor_key(by), once.key, digest(action, once), at])
        if cursor.rowcount == 1:
            return None
    return OnceKey.objects.get(actor=actor_key(by), key=once.key)


def remember(*, by: Actor, once: Once, result: object) -> None:
    """Store what the effect made, by reference."""
    if isinstance(result, models.Model):
        with connection.cursor() as cursor:
            cursor.execute(REMEMBER, [result._meta.label, str(result.pk), actor_key(by), once.key])


def remember_refusal(*, by: Actor, once: Once, refusal: DomainError) -> None:
    """Store a refusal, so that the same request gets the same answer."""
    OnceKey.objects.filter(actor=actor_key(by), key=once.key).update(
        refusal_branch=branch_of(refusal).__name__,
        refusal_code=refusal.code,
        refusal_message=refusal.message[:300],
    )
