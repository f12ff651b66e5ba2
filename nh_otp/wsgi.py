"""The web process. It must never be able to read the seed keys."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nh_otp.settings")


def refuse_seed_keys(path: str) -> None:
    """Stop when this process could open seeds: a break-in here must find no key. Raises ImproperlyConfigured."""
    if path:
        raise ImproperlyConfigured("NH_OTP_SEED_KEYS_FILE belongs into the verifier's environment only")


refuse_seed_keys(settings.SEED_KEYS_FILE)
application = get_wsgi_application()
