"""The test recipe itself: what is rolled back stays away, what commits is alone in its own database."""

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from nh_otp.launcher import roles
from tests.databases import Clone, race


@pytest.mark.parametrize("run", [1, 2])
def test_what_a_test_writes_is_gone_for_the_next(db: None, run: int) -> None:
    assert not ContentType.objects.filter(app_label="nobody").exists()

    ContentType.objects.create(app_label="nobody", model="nothing")


def test_a_clone_commits_and_every_thread_sees_it(clone: Clone) -> None:
    answers = race(
        *(lambda n=n: ContentType.objects.create(app_label="nobody", model=str(n)).pk for n in range(8)),
    )

    assert all(isinstance(answer, int) for answer in answers)
    with psycopg.connect(clone.url(roles.OWNER)) as other:
        row = other.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'nobody'").fetchone()
    assert row == (8,)


def test_a_race_hands_back_what_each_call_raised(clone: Clone) -> None:
    def fail() -> None:
        raise LookupError

    answers = race(fail, transaction.get_connection)

    assert isinstance(answers[0], LookupError)
    assert answers[1] is not None


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_clone_can_be_used_as_each_role_of_the_product(clone: Clone, role: str) -> None:
    with clone.acting_as(role), connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_database()")

        assert cursor.fetchone() == (role, clone.name)
