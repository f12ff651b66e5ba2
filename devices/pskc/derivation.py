"""A passphrase becomes the key of a file: PBKDF2 as RFC 6030 section 6.2 and RFC 8018 write it."""

from __future__ import annotations

import hashlib
from typing import Final

from devices.pskc.elements import Element, Elements
from devices.pskc.encoding import decoded
from devices.pskc.names import DERIVATIONS, HASHES, PKCS5
from devices.seed_file.refusals import Malformed, UnknownCipher

DERIVED: Final = "EncryptionKey/xenc11:DerivedKey"
METHOD: Final = f"{DERIVED}/xenc11:KeyDerivationMethod"
FEWEST, MOST = 1_000, 10_000_000  # iterations: RFC 6030's own example, and what a verifier may be kept busy with
LENGTHS: Final = (16, 24, 32)  # bytes
SHORTEST_SALT: Final = 8  # bytes, RFC 8018 section 4.1
BESIDE: Final = frozenset({"ReferenceList", "DataReference", "KeyReference", "MasterKeyName", "DerivedKeyName"})


def derived_key(header: Elements, passphrase: str) -> bytes:
    """The key of this file. Raises UnknownCipher for a way of making keys that is not read here, or Malformed."""
    method = header.one(METHOD)
    if method is None or method.attributes.get("Algorithm") not in DERIVATIONS:
        raise UnknownCipher
    _expect_nothing_else(header)
    given = _parameters(header)
    salt, rounds, length = (_one(given, name).text for name in ("Specified", "IterationCount", "KeyLength"))
    return hashlib.pbkdf2_hmac(_prf(given), passphrase.encode(), _salt(salt), _rounds(rounds), _length(length))


def _expect_nothing_else(header: Elements) -> None:
    others = [path for path in header.below("EncryptionKey") if not path.startswith(DERIVED)]
    strange = [
        path
        for path in header.below(DERIVED)
        if not path.startswith(METHOD) and path.rpartition("/")[2].rpartition(":")[2] not in BESIDE
    ]
    if others or strange:
        raise UnknownCipher


def _parameters(header: Elements) -> dict[str, list[Element]]:
    """Elements of the method by their local names: vendors write them in three different namespaces and in none."""
    found: dict[str, list[Element]] = {}
    for path in header.below(METHOD):
        found.setdefault(path.rpartition("/")[2].rpartition(":")[2], []).extend(header.every(path))
    return found


def _one(given: dict[str, list[Element]], name: str) -> Element:
    if len(given.get(name, ())) != 1:
        raise Malformed
    return given[name][0]


def _prf(given: dict[str, list[Element]]) -> str:
    """The hash under PBKDF2; HMAC-SHA-1 when none is named (RFC 8018 appendix A.2)."""
    if "PRF" not in given:
        return "sha1"
    element = _one(given, "PRF")
    # python-pskc writes the name as text
    algorithm = element.attributes.get("Algorithm", "") or element.text
    if not algorithm:
        return "sha1"
    hash_name = HASHES.get(algorithm) or HASHES.get(algorithm.replace(PKCS5, "http://www.w3.org/2000/09/xmldsig#"))
    if hash_name is None:
        raise UnknownCipher
    return hash_name


def _salt(text: str) -> bytes:
    salt = decoded(text)
    if len(salt) < SHORTEST_SALT:
        raise UnknownCipher
    return salt


def _rounds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not FEWEST <= int(text[:9]) <= MOST or len(text) > len(str(MOST)):
        raise UnknownCipher
    return int(text)


def _length(text: str) -> int:
    if text not in map(str, LENGTHS):
        raise UnknownCipher
    return int(text)
