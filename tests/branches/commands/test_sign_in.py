import pytest

from branches.commands.staff import refuse_sign_in, sign_in, sign_out, step_up
from nh_otp.access import Actor
from nh_otp.audit.models import AuditRow
from tests.branches.commands.refusal import refused
from tests.factories.cast import Cast


def test_signing_in_stepping_up_and_signing_out_are_on_record(cast: Cast) -> None:
    for verb in (sign_in, step_up, sign_out):
        verb(by=cast.at_the_desk, staff=cast.teller)

    entries = AuditRow.objects.order_by("at")
    assert [entry.action for entry in entries] == ["session.began", "session.stepped_up", "session.ended"]
    assert {str(entry.subjects) for entry in entries} == {str([["Staff", cast.teller.staff_no]])}


@pytest.mark.parametrize(("locked", "code"), [(False, "session.refused"), (True, "session.locked")])
def test_a_failed_sign_in_is_a_refusal_with_the_claimed_number_only(cast: Cast, locked: bool, code: str) -> None:
    with refused(code, action="session.began"):
        refuse_sign_in(by=Actor.anonymous(ip="127.0.0.9", claimed="E00001"), stage="password", locked=locked)

    entry = AuditRow.objects.get()
    assert (entry.staff_no, entry.role, entry.facts) == ("?E00001", "ANONYMOUS", {"stage": "password"})
