"""Entries are written once, as one canonical text, and stay as they are for everybody."""

import json
from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from nh_otp.access import Actor
from nh_otp.audit.models import AuditEntry, AuditRow, Outcome
from nh_otp.audit.trail import LONGEST_FACT, Trail
from tests.databases import Clone
from tests.factories.cast import Cast, entity

AT = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
SYSTEM = Actor.system("clock")


def filed(**facts: object) -> AuditRow:
    trail = Trail("test.acted", facts.keys(), at=AT)
    trail.about(entity("777"), **facts)
    trail.file(by=SYSTEM, outcome=Outcome.DONE)
    return AuditRow.objects.latest("at")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET entry = entry",
        "UPDATE audit_entry SET entry = '{}' WHERE false",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry CASCADE",
    ],
)
def test_not_even_the_owner_changes_or_removes_an_entry(db: None, change: str) -> None:
    filed()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert AuditRow.objects.count() == 1


def test_replication_mode_does_not_open_the_back_door(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'audit_entry_append_only'")

        assert cursor.fetchone() == ("A",)


@pytest.mark.parametrize("role", ["nh_app", "nh_verifier", "nh_auditor"])
@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET entry = ''", "DELETE FROM audit_entry", "TRUNCATE audit_entry"]
)
def test_no_role_of_the_product_has_the_right_to_change_an_entry(clone: Clone, role: str, change: str) -> None:
    with psycopg.connect(clone.url(role)) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SET TRANSACTION READ WRITE")
        session.execute(change)


def test_the_application_can_neither_set_the_time_of_an_entry_nor_read_the_table(clone: Clone) -> None:
    with psycopg.connect(clone.url("nh_app"), autocommit=True) as session:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("INSERT INTO audit_entry (id, entry, at) VALUES (gen_random_uuid(), '{}', now())")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT 1 FROM audit_entry")


def test_the_text_is_canonical(db: None) -> None:
    row = filed(number="L-1", kind="분실")

    content = json.loads(row.entry)
    assert row.entry == json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert content["v"] == 1
    assert content["made_at"] == "2026-11-23T10:30:00+00:00"
    assert content["id"] == str(row.id)


def test_the_columns_to_search_by_say_what_the_text_says(cast: Cast) -> None:
    cast.reported()

    row = AuditRow.objects.get()
    content = json.loads(row.entry)
    columns = ("action", "outcome", "code", "staff_no", "role", "branch", "terminal", "subjects", "facts")
    assert {name: getattr(row, name) for name in columns} == {name: content[name] for name in columns}
    assert list(AuditRow.about("Customer", cast.customer.ref)) == [row]
    assert AuditRow.about("Customer", uuid4()).count() == 0


def test_facts_are_words_and_whole_numbers_and_never_long(db: None) -> None:
    row = filed(number=7, waived=None, ticked=True, share=1.5, flags={"B"}, text="가" * 500)

    assert row.facts == {
        "number": 7,
        "waived": None,
        "ticked": True,
        "share": "1.5",
        "flags": ["B"],
        "text": "가" * LONGEST_FACT,
    }


def test_a_thing_named_twice_is_one_subject(db: None) -> None:
    trail = Trail("test.acted", at=AT)
    trail.about(entity("777"), entity("777"))

    assert trail.subjects == [("LegalEntity", "777")]


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"action":"","outcome":"DONE","staff_no":"E1"}'])
def test_an_entry_that_does_not_say_who_did_what_is_refused(db: None, text: str) -> None:
    with pytest.raises(Exception, match=r"audit_entry|json"), transaction.atomic():
        AuditEntry.objects.bulk_create([AuditEntry(entry=text)])

    assert AuditRow.objects.count() == 0
