"""Staff sessions: one row says who is signed in, so that one query makes the actor of a request."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone

from branches.models.organisation import Branch, Staff, Terminal
from nh_otp.joined import Joined


class StaffSession(AbstractBaseSession):
    """A session of a member of staff, or of nobody yet."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="sessions", null=True)
    began_at = models.DateTimeField("시작 시각", default=timezone.now)
    seen_at = models.DateTimeField("마지막 사용", default=timezone.now)

    class Meta:
        db_table = "staff_session"
        verbose_name = "접속"

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


ALIVE = Joined(
    """
    SELECT {columns} FROM staff_session AS session
    LEFT JOIN staff ON staff.id = session.staff_id
    LEFT JOIN branch ON branch.id = staff.branch_id
    LEFT JOIN terminal ON terminal.id = staff.terminal_id
    WHERE session.session_key = %(key)s AND session.expire_date > now()
    """,
    {"session": StaffSession, "staff": Staff, "branch": Branch, "terminal": Terminal},
)


class SessionStore(DatabaseStore):
    """Django's database store that also loads the person, branch and terminal in the same query."""

    staff: Staff | None = None

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        return StaffSession

    def _get_session_from_db(self) -> StaffSession | None:
        found = ALIVE.first({"key": self.session_key})
        if found is None:
            self._session_key = None
            return None
        row, self.staff, branch, terminal = found
        if self.staff is not None:
            self.staff.branch, self.staff.terminal = branch, terminal
        return cast(StaffSession, row)

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        row = cast(StaffSession, super().create_model_instance(data))
        row.staff_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
