from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from branches.models import Branch, LegalEntity
from nh_otp import gateways
from nh_otp.access import Actor, Permission
from nh_otp.audit.models import AuditRow
from nh_otp.audit.trail import SaysNothing, Trail, UndeclaredFact
from nh_otp.command import COMMANDS, command, running
from nh_otp.errors import Conflict, NotAllowed
from tests.factories.cast import Cast, entity

CLOCK = Actor.system("clock")
Body = Callable[[Trail], object]


class TooLate(Conflict):
    code, message = "test.too_late", "늦었습니다."


def carried_out(body: Body, *, by: Actor = CLOCK, facts: tuple[str, ...] = ()) -> object:
    """Run a body as a command of its own."""

    @command(action="test.acted", needs=Permission.RUN_CLOCK, facts=facts)
    def act(trail: Trail, *, by: Actor) -> object:
        return body(trail)

    return act(by=by)


def rename(trail: Trail) -> LegalEntity:
    changed = entity("777")
    trail.about(changed)
    return changed


def test_a_command_leaves_one_entry_that_says_who_did_what_to_which_thing(db: None) -> None:
    made = carried_out(rename)

    (entry,) = AuditRow.objects.all()
    assert isinstance(made, LegalEntity)
    assert (entry.action, entry.outcome, entry.code) == ("test.acted", "DONE", "")
    assert (entry.staff_no, entry.role) == ("system:clock", "SYSTEM")
    assert entry.subjects == [["LegalEntity", "777"]]
    assert abs(entry.at - timezone.now()) < timedelta(seconds=5)


def test_the_entry_of_a_teller_names_branch_terminal_and_session(cast: Cast) -> None:
    by = cast.at_the_desk.at_terminal("001234-01", ip="127.0.0.7", session="abcd")

    with pytest.raises(NotAllowed):
        carried_out(rename, by=by)

    (entry,) = AuditRow.objects.all()
    assert (entry.staff_no, entry.role, entry.branch) == (cast.teller.staff_no, "TELLER", "001234")
    assert entry.terminal == "001234-01"
    assert '"ip":"127.0.0.7"' in entry.entry
    assert '"session":"abcd"' in entry.entry


def test_a_refusal_is_filed_after_the_effect_was_rolled_back(db: None) -> None:
    def begin_and_refuse(trail: Trail) -> None:
        rename(trail)
        raise TooLate()

    with pytest.raises(TooLate):
        carried_out(begin_and_refuse)

    assert not LegalEntity.objects.filter(code="777").exists()
    (entry,) = AuditRow.objects.all()
    assert (entry.outcome, entry.code) == ("REFUSED", "test.too_late")
    assert entry.subjects == [["LegalEntity", "777"]]


def test_a_refusal_keeps_of_its_facts_those_the_action_declared(db: None) -> None:
    def refuse(trail: Trail) -> None:
        raise TooLate(minutes=3, name="김서연")

    with pytest.raises(TooLate):
        carried_out(refuse, facts=("minutes",))

    assert AuditRow.objects.get().facts == {"minutes": 3}


def test_who_may_not_is_refused_before_anything_happens_and_on_record(cast: Cast) -> None:
    called: list[str] = []

    with pytest.raises(NotAllowed):
        carried_out(lambda trail: called.append("body"), by=cast.at_the_desk)

    assert called == []
    entry = AuditRow.objects.get()
    assert (entry.outcome, entry.code, entry.subjects) == ("REFUSED", "not_allowed", [])


def test_a_command_inside_a_command_is_a_mistake_and_nothing_of_either_stays(db: None) -> None:
    def call_another(trail: Trail) -> None:
        rename(trail)
        carried_out(rename)

    with pytest.raises(RuntimeError, match="durable"):
        carried_out(call_another)

    assert not LegalEntity.objects.filter(code="777").exists()
    assert AuditRow.objects.count() == 0


def test_a_command_that_says_nothing_is_rolled_back(db: None) -> None:
    with pytest.raises(SaysNothing):
        carried_out(lambda trail: entity("777"))

    assert not LegalEntity.objects.filter(code="777").exists()
    assert AuditRow.objects.count() == 0


def test_a_second_look_may_stay_silent(db: None) -> None:
    carried_out(lambda trail: trail.nothing_new())

    assert AuditRow.objects.count() == 0


def test_a_refusal_is_never_silent(db: None) -> None:
    def look_and_refuse(trail: Trail) -> None:
        trail.nothing_new()
        raise TooLate()

    with pytest.raises(TooLate):
        carried_out(look_and_refuse)

    assert AuditRow.objects.get().outcome == "REFUSED"


def test_an_undeclared_fact_is_a_mistake_and_nothing_stays(db: None) -> None:
    def slip(trail: Trail) -> None:
        trail.about(entity("777"), name="김서연")

    with pytest.raises(UndeclaredFact, match="name"):
        carried_out(slip, facts=("number",))

    assert not LegalEntity.objects.filter(code="777").exists()
    assert AuditRow.objects.count() == 0


def test_without_its_entry_an_effect_does_not_stay(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT disk_full CHECK (false) NOT VALID")

    with pytest.raises(IntegrityError, match="disk_full"):
        carried_out(rename)

    assert not LegalEntity.objects.filter(code="777").exists()


@pytest.mark.parametrize("name", ["otp_verifier", "id_authenticity", "otp_centre", "sms"])
def test_nobody_asks_the_outside_while_a_command_runs(db: None, name: str) -> None:
    outside: Callable[[], Any] = getattr(gateways, name)

    with pytest.raises(AssertionError, match="enqueue instead"):
        carried_out(lambda trail: outside())

    assert not running.get()
    assert AuditRow.objects.count() == 0


def test_after_a_refusal_the_outside_may_be_asked_again(db: None) -> None:
    def refuse(trail: Trail) -> None:
        raise TooLate()

    with pytest.raises(TooLate):
        carried_out(refuse)

    assert gateways.sms() is not None


def test_a_mistake_is_no_refusal_and_leaves_neither_effect_nor_entry(db: None) -> None:
    def stumble(trail: Trail) -> None:
        rename(trail)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        carried_out(stumble)

    assert not LegalEntity.objects.filter(code="777").exists()
    assert AuditRow.objects.count() == 0


def test_a_violated_constraint_without_a_sentence_is_a_fault_of_ours(db: None) -> None:
    def twice(trail: Trail) -> None:
        for _ in range(2):
            Branch.objects.create(code="000001", name="지점", entity=entity("777"))

    with pytest.raises(IntegrityError):
        carried_out(twice)

    assert Branch.objects.filter(code="000001").count() == 0


def test_the_house_knows_a_command_by_its_name(db: None) -> None:
    carried_out(rename, facts=("number",))

    known = COMMANDS["act"]
    assert (known.action, known.needs, known.facts) == ("test.acted", Permission.RUN_CLOCK, frozenset({"number"}))
