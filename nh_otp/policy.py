"""The bank's numbers, each with its unit and its source; changed in git, shown read-only on a screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of the bank and of the law; prices are dated rows and deployment knobs are environment."""

    desk_tries: int = 3
    """Tries per device and case at the desk; product.md 16."""
    consecutive_tries: int = 10
    """Consecutive wrong codes anywhere that lock a device; NH e-finance terms art. 11 (1) 2."""
    verification_valid_for: timedelta = timedelta(minutes=15)
    """How long a verified first code may register its device; product.md 7."""
    window_steps: int = 1
    """Steps a code may lie beside the expected one; RFC 6238 section 5.2."""
    drift_cap_steps: int = 10
    """Furthest a learnt drift may wander from true time; product.md 7."""
    first_use_steps: int = 60
    """Steps searched for two consecutive codes at first use; product.md 7."""
    clock_difference: timedelta = timedelta(seconds=2)
    """Largest difference between the verifier's and the database's clock for a code to be accepted."""
    step_up_fresh_for: timedelta = timedelta(minutes=10)
    """How long a second factor counts for decisions; product.md 16."""
    idle_session: timedelta = timedelta(minutes=15)
    """A session without a request ends; 안전성 확보조치 기준 art. 6."""
    absolute_session: timedelta = timedelta(hours=9)
    """A session ends whatever happens in it; product.md 16."""
    failed_sign_ins: int = 5
    """Failed sign-ins that lock a staff account until another person releases it; 전자금융감독규정 art. 32."""
    request_lapses_after: timedelta = timedelta(minutes=30)
    """An approval request nobody decided lapses; product.md 16."""
    reservation_lapses_after: timedelta = timedelta(minutes=30)
    """A device set aside without a request goes back to the till; product.md 16."""
    contact_change_flag: timedelta = timedelta(days=30)
    """A contact changed within this time is shown to the decider; product.md 4."""
    reissue_flag: timedelta = timedelta(days=90)
    """A reissue within this time is shown to the decider; product.md 4."""
    view_entry_every: timedelta = timedelta(minutes=10)
    """Looking at one person again writes no second audit entry within this time; product.md 11."""
    once_kept_for: timedelta = timedelta(hours=24)
    """How long an idempotency key is remembered; product.md 13."""
    records_kept_for: timedelta = timedelta(days=365 * 5)
    """Retention of records; 전자금융거래법 art. 22."""
    outbox_lease: timedelta = timedelta(seconds=20)
    """How long a relay's hand-over counts before the message is handed over again."""
    outbox_attempts: int = 12
    """Attempts before a message is put aside as a dead letter for a person to look at."""
    minimum_months_left: int = 6
    """Validity a device must still have at hand-out when its product sets nothing else; product.md 6."""
    target_minutes: int = 10
    """What a reissue at the counter should take; domain.md 2.1."""


POLICY = Policy()
