"""What every template is given: the frame around the screen, and a fresh request key for each form."""

from __future__ import annotations

import uuid
from functools import partial

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from branches.queries import frame as queries
from nh_otp.access import Actor, Role


def frame(request: HttpRequest) -> dict[str, object]:
    """`once` is called anew by every form that shows it; the frame is looked up only where a template shows it."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.role is Role.ANONYMOUS:
        return {"once": uuid.uuid4}
    around = partial(queries.frame, by=actor, at=timezone.now())
    return {"once": uuid.uuid4, "frame": SimpleLazyObject(around)}
