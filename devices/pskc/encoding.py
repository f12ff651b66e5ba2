"""Base64 as XML files carry it."""

from __future__ import annotations

import base64
import binascii

from devices.seed_file.refusals import Malformed


def decoded(text: str) -> bytes:
    """Base64 with line breaks allowed and nothing else; Malformed otherwise, and when empty."""
    try:
        value = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed from None
    if not value:
        raise Malformed
    return value
