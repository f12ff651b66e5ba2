from __future__ import annotations

import uuid

from django.db import models


class Outcome(models.TextChoices):
    DONE = "DONE", "처리"
    REFUSED = "REFUSED", "거절"


class AuditEntry(models.Model):
    """One row per command: who did, or was refused, what, to which things. Written once, never changed.

    The canonical text is the only truth. Time, transaction and the columns to search by are made by the
    database and are no fields here, so that the role of the application needs INSERT and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    entry = models.TextField("기록")

    class Meta:
        db_table = "audit_entry"
        verbose_name = "감사기록"


class AuditRow(models.Model):
    """The same rows as a reader sees them, through a view that has no way back to the table."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField("시각")
    action = models.CharField("행위", max_length=60)
    outcome = models.CharField("결과", max_length=10, choices=Outcome.choices)
    code = models.CharField("코드", max_length=60)
    staff_no = models.CharField("직원번호", max_length=30)
    role = models.CharField("역할", max_length=20)
    branch = models.CharField("지점", max_length=10)
    terminal = models.CharField("단말번호", max_length=20)
    subjects = models.JSONField("대상")
    facts = models.JSONField("내용")
    entry = models.TextField("기록")

    class Meta:
        managed = False
        db_table = "audit_view"
        verbose_name = "감사기록 조회"

    @classmethod
    def about(cls, kind: str, ref: object) -> models.QuerySet[AuditRow]:
        """Entries about one thing."""
        return cls.objects.filter(subjects__contains=[[kind, str(ref)]])
