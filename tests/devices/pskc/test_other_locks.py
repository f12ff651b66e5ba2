"""Files under a passphrase, under a wrapped key, and under no key at all."""

from __future__ import annotations

import shutil
import subprocess
from hashlib import pbkdf2_hmac
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_wrap, aes_key_wrap_with_padding
from pskc import PSKC

from devices import pskc
from devices.pskc import Unlock
from devices.seed_file import KeyPackage, RefusedRow, strict
from devices.seed_file.refusals import SeedFileRefused
from tests.devices.pskc.paper import (
    HMAC256,
    KEY,
    TOTP,
    WatchedCipher,
    base64_of,
    cipher_data,
    encrypted,
    every_flip,
    file_of,
    sheet,
    signed,
)

PSKCTOOL = shutil.which("pskctool")
PHRASE, SALT = "가온 qwerty 1234", bytes(range(16))
SECRET = sheet().secret
PBKDF2 = "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#pbkdf2"
XENC11 = 'xmlns:xenc11="http://www.w3.org/2009/xmlenc11#"'
PKCS5 = 'xmlns:pkcs5="http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"'
WRAP = "http://www.w3.org/2001/04/xmlenc#kw-aes256"
PLAIN = f"<PlainValue>{base64_of(SECRET)}</PlainValue>"
MAC_METHOD = f'<MACMethod Algorithm="{HMAC256}"/>'


def header_of(
    *, method: str = PBKDF2, salt: str = base64_of(SALT), rounds: str = "1000", length: str = "32", prf: str = ""
) -> str:
    return (
        f'<EncryptionKey><xenc11:DerivedKey {XENC11}><xenc11:KeyDerivationMethod Algorithm="{method}">'
        f"<pkcs5:PBKDF2-params {PKCS5}><Salt><Specified>{salt}</Specified></Salt>"
        f"<IterationCount>{rounds}</IterationCount><KeyLength>{length}</KeyLength>{prf}</pkcs5:PBKDF2-params>"
        f"</xenc11:KeyDerivationMethod></xenc11:DerivedKey></EncryptionKey>{MAC_METHOD}"
    )


def locked(**header: str) -> bytes:
    """A file whose key comes from the phrase, a thousand rounds of HMAC-SHA-1."""
    key = pbkdf2_hmac("sha1", PHRASE.encode(), SALT, 1000, 32)
    sealed = encrypted(SECRET, key)
    value = f"<EncryptedValue>{cipher_data(sealed)}</EncryptedValue>"
    mac = f"<ValueMAC>{base64_of(signed(sealed, key))}</ValueMAC>"
    return file_of(sheet(value=value, mac=mac), header=header_of(**header))


def wrapped(wrapping: bytes, *, algorithm: str = WRAP, mac: str = "", header: str | None = None) -> bytes:
    value = f"<EncryptedValue>{cipher_data(wrapping, algorithm)}</EncryptedValue>"
    named = "<EncryptionKey><ds:KeyName>psk</ds:KeyName></EncryptionKey>"
    return file_of(sheet(secret=SECRET, value=value, mac=mac), header=named if header is None else header)


def read(content: bytes, unlock: Unlock, cipher: WatchedCipher | None = None) -> list[KeyPackage]:
    return list(strict(pskc.rows(BytesIO(content), unlock=unlock, decrypt=cipher or WatchedCipher())))


def refusal_of(content: bytes, unlock: Unlock, cipher: WatchedCipher | None = None) -> str:
    with pytest.raises(SeedFileRefused) as caught:
        read(content, unlock, cipher)
    return caught.value.code


def test_a_passphrase_opens_a_file() -> None:
    assert [device.secret for device in read(locked(), Unlock(passphrase=PHRASE))] == [SECRET]


@pytest.mark.parametrize("hash_name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_file_python_pskc_locked_with_a_passphrase_is_read_alike(bits: int, hash_name: str) -> None:
    theirs = PSKC()
    theirs.encryption.setup_pbkdf2(PHRASE, iterations=1000, algorithm=f"aes{bits}-cbc", prf=f"hmac-{hash_name}")
    theirs.mac.setup(algorithm=f"hmac-{hash_name}")
    theirs.add_key(
        serial="P1", algorithm=TOTP, secret=SECRET, response_length=6, response_encoding="DECIMAL", time_interval=60
    )
    out = BytesIO()
    theirs.write(out)

    (device,) = read(out.getvalue(), Unlock(passphrase=PHRASE))

    assert (device.serial, device.secret) == ("P1", SECRET)


def test_a_wrong_passphrase_is_a_wrong_key_and_decrypts_nothing() -> None:
    cipher = WatchedCipher()

    assert refusal_of(locked(), Unlock(passphrase=PHRASE + " "), cipher) == "seed_file.wrong_key"
    assert cipher.shown == []


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({"rounds": "999"}, "seed_file.cipher"),
        ({"rounds": "10000001"}, "seed_file.cipher"),
        ({"rounds": "9" * 5000}, "seed_file.cipher"),
        ({"rounds": "-1000"}, "seed_file.cipher"),
        ({"rounds": "１０００"}, "seed_file.cipher"),
        ({"length": "8"}, "seed_file.cipher"),
        ({"length": ""}, "seed_file.cipher"),
        ({"salt": base64_of(b"salt")}, "seed_file.cipher"),
        ({"salt": "*"}, "seed_file.malformed"),
        ({"method": "urn:scrypt"}, "seed_file.cipher"),
        ({"prf": '<PRF Algorithm="urn:hmac-md5"/>'}, "seed_file.cipher"),
        ({"prf": "<PRF/><PRF/>"}, "seed_file.malformed"),
        ({"prf": "<KeyLength>32</KeyLength>"}, "seed_file.malformed"),
    ],
)
def test_a_key_made_in_a_way_not_read_here_is_refused_before_the_work(header: dict[str, str], code: str) -> None:
    assert refusal_of(locked(**header), Unlock(passphrase=PHRASE)) == code


def test_a_key_does_not_open_what_a_passphrase_locks_and_the_other_way_round() -> None:
    assert refusal_of(locked(), Unlock(key=KEY)) == "seed_file.other_key"
    assert refusal_of(file_of(sheet()), Unlock(passphrase=PHRASE)) == "seed_file.other_key"
    assert refusal_of(file_of(sheet()), Unlock(takes_clear=True)) == "seed_file.other_key"


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_wrapped_secret_needs_no_mac_where_the_file_declares_none(bits: int) -> None:
    key, secret = KEY[: bits // 8], SECRET + b"1234"
    whole = wrapped(aes_key_wrap(key, secret), algorithm=f"http://www.w3.org/2001/04/xmlenc#kw-aes{bits}")
    padded = wrapped(
        aes_key_wrap_with_padding(key, SECRET), algorithm=f"http://www.w3.org/2009/xmlenc11#kw-aes-{bits}-pad"
    )

    assert [device.secret for device in read(whole, Unlock(key=key))] == [secret]
    assert [device.secret for device in read(padded, Unlock(key=key))] == [SECRET]


def test_a_wrapped_secret_without_the_mac_its_file_declares_is_refused() -> None:
    content = wrapped(aes_key_wrap(KEY, SECRET + b"1234"), header=MAC_METHOD)

    assert refusal_of(content, Unlock(key=KEY)) == "seed_file.mac_missing"


def test_a_mac_that_no_method_explains_is_no_mac() -> None:
    content = wrapped(aes_key_wrap(KEY, SECRET + b"1234"), mac="<ValueMAC>AAAA</ValueMAC>")

    assert refusal_of(content, Unlock(key=KEY)) == "seed_file.mac_missing"


def test_each_flipped_byte_of_a_wrapped_secret_gives_the_one_answer() -> None:
    wrapping = aes_key_wrap(KEY, SECRET + b"1234")

    codes = {refusal_of(wrapped(flipped), Unlock(key=KEY)) for flipped in every_flip(wrapping)}

    assert codes == {"seed_file.wrong_key"}


def test_a_clear_file_is_read_for_the_verifiers_own_user_only() -> None:
    content = file_of(sheet(value=PLAIN, mac=""), header="")

    assert [device.secret for device in read(content, Unlock(takes_clear=True))] == [SECRET]
    assert refusal_of(content, Unlock()) == "seed_file.clear_secret"
    assert refusal_of(content, Unlock(key=KEY, takes_clear=True)) == "seed_file.clear_secret"


@pytest.mark.parametrize("header", [MAC_METHOD, "<EncryptionKey><ds:KeyName>psk</ds:KeyName></EncryptionKey>"])
def test_a_clear_secret_in_a_file_that_promises_a_key_is_refused(header: str) -> None:
    content = file_of(sheet(value=PLAIN, mac=""), header=header)

    assert refusal_of(content, Unlock(key=KEY, takes_clear=True)) == "seed_file.clear_secret"
    assert refusal_of(content, Unlock(takes_clear=True)) == "seed_file.other_key"


def test_refused_rows_are_told_one_by_one_and_the_others_stay_usable() -> None:
    broken = sheet(serial="NH2", secret=b"b" * 20, mac=f"<ValueMAC>{base64_of(b'm' * 32)}</ValueMAC>")
    hotp = sheet(serial="NH3", secret=b"c" * 20, algorithm=TOTP.replace("totp", "hotp"))
    nameless = sheet(serial="*", secret=b"d" * 20)
    content = file_of(sheet(), broken, hotp, nameless, sheet(serial="NH5", secret=b"e" * 20))

    found = list(pskc.rows(BytesIO(content), unlock=Unlock(key=KEY)))

    assert [row.serial for row in found if isinstance(row, KeyPackage)] == ["NH0000000001", "NH5"]
    refused = [(row.row, row.serial, row.why.code) for row in found if isinstance(row, RefusedRow)]
    assert refused == [
        (2, "NH2", "seed_file.wrong_key"),
        (3, "NH3", "seed_file.not_totp"),
        (4, "", "seed_file.malformed"),
    ]


@pytest.mark.skipif(not PSKCTOOL, reason="Debian's pskctool is not installed")
def test_pskctool_reads_the_same_secret_in_a_clear_file(tmp_path: Path) -> None:
    path = tmp_path / "clear.xml"
    path.write_bytes(file_of(sheet(value=PLAIN, mac=""), header=""))

    said = subprocess.run([str(PSKCTOOL), "--info", str(path)], capture_output=True, text=True, check=True).stdout

    (device,) = read(path.read_bytes(), Unlock(takes_clear=True))
    assert f"Key Secret (base64): {base64_of(device.secret)}" in said
