"""What a question to the verifier must look like; its own text is never quoted back."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any, Final
from uuid import UUID

from nh_otp.errors import Invalid
from nh_otp.gateways.otp_verifier import LotFormat, LotHeader

LONGEST_QUESTION: Final = 4096  # bytes; also of the line in front of a seed file


class Malformed(Invalid):
    code, message = "verifier.malformed", "요청의 형식이 올바르지 않습니다."


def header(line: bytes) -> LotHeader:
    """The line in front of a seed file. Raises Malformed."""
    fields = object_of(line, {field.name for field in dataclasses.fields(LotHeader)})
    return LotHeader(
        vendor=text(fields["vendor"]),
        product=_perhaps(fields["product"]),
        branch_code=text(fields["branch_code"]),
        till=_perhaps(fields["till"]),
        imported_by=text(fields["imported_by"]),
        ref=text(fields["ref"]),
        key=_key(fields["key"]),
        passphrase=_perhaps(fields["passphrase"]),
        format=_format(fields["format"]),
        quarantined=fields["quarantined"] is True,
    )


def _perhaps(value: object) -> str | None:
    return None if value is None else text(value)


def _key(value: object) -> bytes | None:
    try:
        return None if value is None else base64.b64decode(text(value), validate=True)
    except ValueError:
        raise Malformed() from None


def _format(value: object) -> LotFormat:
    try:
        return LotFormat(text(value))
    except ValueError:
        raise Malformed() from None


def object_of(raw: bytes, names: set[str]) -> dict[str, Any]:
    """The object of a body that is exactly as agreed"""
    try:
        fields = json.loads(raw) if len(raw) <= LONGEST_QUESTION else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.keys() != names:
        raise Malformed()
    return fields


def text(value: object) -> str:
    """A text and nothing else. Raises Malformed."""
    if not isinstance(value, str):
        raise Malformed()
    return value


def uuid(value: object) -> UUID:
    """A key as it is written. Raises Malformed."""
    try:
        return UUID(text(value))
    except ValueError:
        raise Malformed() from None
