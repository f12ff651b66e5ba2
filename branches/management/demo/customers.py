"""The demo's customers, written as if fed from the bank's master."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from branches.management.demo.people import Person
from branches.models import Branch, Customer, StaffCustomer

AT_ONCE = 1000  # rows of one INSERT


def set_up(people: Sequence[Person], *, today: date) -> None:
    """Write customers, their identifying data sealed; and who of them works for the bank."""
    branches = {branch.code: branch for branch in Branch.objects.all()}
    for first in range(0, len(people), AT_ONCE):
        some = people[first : first + AT_ONCE]
        rows = Customer.objects.bulk_create(_customer(person, branches[person.branch], today) for person in some)
        StaffCustomer.objects.bulk_create(
            StaffCustomer(customer=row, person_no=person.person_no)
            for person, row in zip(some, rows, strict=True)
            if person.staff_no
        )


def _customer(person: Person, home: Branch, today: date) -> Customer:
    changed = person.contact_changed
    row = Customer(
        number=person.number,
        entity_id=home.entity_id,
        home_branch=home,
        type=person.type,
        birth_on=person.birth_on,
        gender=person.gender,
        deceased=person.deceased,
        payment_suspended=person.payment_suspended,
        e_banking_restricted=person.e_banking_restricted,
        contact_changed_on=None if changed is None else today - timedelta(days=changed),
        last_used_on=today - timedelta(days=person.last_used),
        other_institutions=person.elsewhere,
    )
    row.keep(name=person.name, phone=person.phone, account=person.account)
    return row
