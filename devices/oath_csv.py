"""OATH seed files as comma-separated text in, key packages out: streaming, clear secrets, so by command only.

Columns by a header line, or in one of two orders without one: `serial, secret, algorithm, digits, period` or, as other
servers export, `serial, secret, type, digits, period`. Secrets in hexadecimal or base32 (RFC 4648).
"""

from __future__ import annotations

import base64
import binascii
import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from devices.seed_file import (
    LIMIT_BYTES,
    LIMIT_KEYS,
    KeyPackage,
    Readable,
    Row,
    Seen,
    day_of,
    parameters_of,
    serial_of,
)
from devices.seed_file.refusals import IncompleteRow, Malformed, NotTotp, TooLarge, UnreadableSecret

CHUNK: Final = 64 * 1024  # bytes
LONGEST_LINE: Final = 4096  # characters
DELIMITERS: Final = ",;\t"
NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("serial", "serialnumber", "serialno", "tokenserial"), "serial"),
    **dict.fromkeys(("secret", "seed", "key", "secrethex", "secretbase32", "otpkey"), "secret"),
    **dict.fromkeys(("algorithm", "hash", "hashlib", "hashalgorithm"), "algorithm"),
    **dict.fromkeys(("digits", "otplen", "otplength", "length"), "digits"),
    **dict.fromkeys(("period", "timestep", "interval", "timeinterval"), "period"),
    **dict.fromkeys(("type", "tokentype"), "type"),
    **dict.fromkeys(("startdate", "validfrom", "start"), "starts_on"),
    **dict.fromkeys(("expirydate", "validuntil", "expiry", "expires", "enddate"), "expires_on"),
    "manufacturer": "manufacturer",
}
OURS: Final = ("serial", "secret", "algorithm", "digits", "period")
THEIRS: Final = ("serial", "secret", "type", "digits", "period")
NEEDED: Final = frozenset({"serial", "secret", "digits", "period"})
EMPTY: Final[Mapping[str, str]] = {}


def rows(stream: Readable, *, limit_bytes: int = LIMIT_BYTES, limit_keys: int = LIMIT_KEYS) -> Iterator[Row]:
    """Yield the file's devices, used or refused, by line; what is wrong with the file itself is raised."""
    seen, columns, count = Seen(limit_keys=limit_keys), None, 0
    for line, cells in _cells(_lines(stream, limit_bytes)):
        if columns is None:
            columns = _columns(cells)
            if columns is not None and _is_header(cells):
                continue
            columns = columns or OURS
        count += 1
        named = _named(columns, cells)
        yield seen.row(line, partial(_serial, named), partial(_key_package, line, named))
    if not count:
        raise Malformed


def _lines(stream: Readable, limit_bytes: int) -> Iterator[str]:
    """Lines of UTF-8 text of bounded length."""
    decoder, rest, read = codecs.getincrementaldecoder("utf-8-sig")(), "", 0
    while True:
        chunk = stream.read(CHUNK)
        read += len(chunk)
        if read > limit_bytes:
            raise TooLarge
        *whole, rest = (rest + _text(decoder, chunk)).split("\n")
        if max(map(len, (*whole, rest))) > LONGEST_LINE:
            raise TooLarge
        yield from whole
        if not chunk:
            break
    if rest:
        yield rest


def _text(decoder: codecs.IncrementalDecoder, chunk: bytes) -> str:
    try:
        text = decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        # its own words quote the file
        raise Malformed from None
    if "\0" in text:
        raise Malformed
    return text


def _cells(lines: Iterator[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Number and cells of every line that has any; a quoted cell may not run over the end of its line."""
    delimiter = ""
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r")
        if not text.strip():
            continue
        delimiter = delimiter or next((sign for sign in DELIMITERS if sign in text), ",")
        try:
            yield number, [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True))]
        except csv.Error:
            yield number, ()


def _columns(cells: Sequence[str]) -> tuple[str, ...] | None:
    """What the columns hold, by the first line of the file: its names, or the shape of a first device."""
    if _is_header(cells):
        named = tuple(NAMES.get(_plain(cell), "") for cell in cells)
        if "" in named or len(set(named)) != len(named) or not set(named) >= NEEDED:
            raise Malformed
        return named
    third = cells[2].upper() if len(cells) > 2 else ""
    return THEIRS if third.startswith(("TOTP", "HOTP", "OCRA")) else OURS


def _is_header(cells: Sequence[str]) -> bool:
    return bool(cells) and any(NAMES.get(_plain(cell)) in ("serial", "secret") for cell in cells[:4])


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _named(columns: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(columns, cells, strict=True)) if len(cells) == len(columns) else EMPTY


def _serial(named: Mapping[str, str]) -> str:
    return serial_of(named.get("serial", ""))


def _key_package(line: int, named: Mapping[str, str]) -> KeyPackage:
    if not named:
        raise IncompleteRow
    _expect_totp(named)
    starts_on, expires_on = named.get("starts_on", ""), named.get("expires_on", "")
    return KeyPackage(
        row=line,
        serial=_serial(named),
        manufacturer=named.get("manufacturer", ""),
        parameters=parameters_of(named.get("algorithm", ""), named["digits"], named["period"]),
        starts_on=day_of(starts_on) if starts_on else None,
        expires_on=day_of(expires_on) if expires_on else None,
        secret=_secret(named["secret"]),
    )


def _expect_totp(named: Mapping[str, str]) -> None:
    """A device that counts events or challenges is refused by name, wherever the file says so."""
    kinds = (named.get("type", "TOTP").upper(), named.get("algorithm", "").upper())
    if kinds[0] != "TOTP" or kinds[1].startswith(("HOTP", "OCRA")):
        raise NotTotp


def _secret(text: str) -> bytes:
    """Hexadecimal where it can be read so, else base32. Raises UnreadableSecret."""
    try:
        return bytes.fromhex(_unbroken(text))
    except ValueError:
        return _base32(text.upper().rstrip("="))


def _unbroken(text: str) -> str:
    """What fromhex would take although nobody writes a secret so."""
    if any(letter.isspace() for letter in text):
        raise UnreadableSecret
    return text


def _base32(text: str) -> bytes:
    try:
        secret = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raise UnreadableSecret from None
    # bits left over at the end must be zero, or two texts would be one secret
    if base64.b32encode(secret).decode().rstrip("=") != text:
        raise UnreadableSecret
    return secret
