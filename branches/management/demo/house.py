"""An empty house is filled with people who do not exist, the same ones every time, dated relative to today.

Every part is left alone when it is there already, so that a start that was interrupted is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from branches.management.demo import catalogue, customers, organisation, papers, people, stories, things
from branches.management.demo.chance import Chance, seeded
from branches.models import Staff

SEED = 20_261_123


def is_taken() -> bool:
    """Does somebody work here, other than in a demo that was left half made?"""
    return Staff.objects.exists() and (stories.are_told() or not organisation.is_ours())


def fill(*, at: datetime, customers: int, devices: int, folder: Path) -> None:
    """Everything in its order, the stories last; verifier and authenticity service must be up."""
    chance, today = seeded(SEED), timezone.localdate(at)
    everybody = people.everybody(chance, total=customers, today=today)
    planned = things.planned(chance, people=everybody, in_stock=devices, today=today)
    _settle(chance, everybody, today)
    things.bring_all_in(planned, chance, folder=folder)
    things.hand_out(planned)
    papers.write_all(folder, planned, chance)
    stories.tell_all(at=at)


@transaction.atomic
def _settle(chance: Chance, everybody: Sequence[people.Person], today: date) -> None:
    if not Staff.objects.exists():
        organisation.set_up(chance)
        catalogue.set_up()
        customers.set_up(everybody, today=today)
