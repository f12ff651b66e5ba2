"""What a question to the verifier must look like; its own text is never quoted back."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Collection
from typing import Any, Final, TypeVar
from uuid import UUID

from nh_otp.errors import Invalid
from nh_otp.gateways.otp_verifier import CodeCheck, CodePair, LotFormat, LotHeader, Purpose

Member = TypeVar("Member", LotFormat, Purpose)

LONGEST_QUESTION: Final = 4096  # bytes; also of the line in front of a seed file


class Malformed(Invalid):
    code, message = "verifier.malformed", "요청의 형식이 올바르지 않습니다."


def code_check(raw: bytes) -> CodeCheck:
    """One code and what it is asked for. Raises Malformed."""
    return CodeCheck(**_question(raw, ("code", "once", "staff_no")))


def code_pair(raw: bytes) -> CodePair:
    """Two codes and what they are asked for. Raises Malformed."""
    return CodePair(**_question(raw, ("first", "second", "once", "staff_no")))


def _question(raw: bytes, texts: Collection[str]) -> dict[str, Any]:
    fields = object_of(raw, {"device", "subject", "purpose", *texts})
    keys = {name: uuid(fields[name]) for name in ("device", "subject")}
    return {**keys, **{name: text(fields[name]) for name in texts}, "purpose": _member(Purpose, fields["purpose"])}


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
        format=_member(LotFormat, fields["format"]),
        quarantined=fields["quarantined"] is True,
    )


def _perhaps(value: object) -> str | None:
    return None if value is None else text(value)


def _key(value: object) -> bytes | None:
    try:
        return None if value is None else base64.b64decode(text(value), validate=True)
    except ValueError:
        raise Malformed() from None


def _member(kind: type[Member], value: object) -> Member:
    try:
        return kind(text(value))
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
