import dataclasses
from datetime import timedelta

import pytest

from nh_otp.policy import POLICY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("desk_tries", 3),
        ("consecutive_tries", 10),
        ("verification_valid_for", timedelta(minutes=15)),
        ("window_steps", 1),
        ("drift_cap_steps", 10),
        ("first_use_steps", 60),
        ("clock_difference", timedelta(seconds=2)),
        ("step_up_fresh_for", timedelta(minutes=10)),
        ("idle_session", timedelta(minutes=15)),
        ("absolute_session", timedelta(hours=9)),
        ("failed_sign_ins", 5),
        ("request_lapses_after", timedelta(minutes=30)),
        ("reservation_lapses_after", timedelta(minutes=30)),
        ("contact_change_flag", timedelta(days=30)),
        ("reissue_flag", timedelta(days=90)),
        ("once_kept_for", timedelta(hours=24)),
        ("records_kept_for", timedelta(days=1825)),
    ],
)
def test_the_banks_numbers_are_those_of_the_rule_book(name: str, value: object) -> None:
    assert getattr(POLICY, name) == value


def test_nobody_changes_a_number_while_the_house_runs() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        POLICY.desk_tries = 4  # type: ignore[misc]  # that it cannot be set is the point
