"""What a seed file may not be, each with its own name."""

from pathlib import Path
from typing import Any

import pytest
from pskc import PSKC

from devices.seed_file import LIMIT_KEYS, refusals
from devices.seed_file.refusals import SeedFileRefused
from nh_otp.errors import Invalid
from tests.devices.pskc.paper import (
    AES256,
    HEADER,
    HMAC256,
    KEY,
    TOTP,
    base64_of,
    cipher_data,
    encrypted,
    file_of,
    read,
    sheet,
    signed,
)

SECRET = sheet().secret
SEALED = encrypted(SECRET)
OTHER = b"another secret of 24 byte"
DEFAULT = sheet().parameters
PLAIN_SECRET = f"<PlainValue>{base64_of(SECRET)}</PlainValue>"


def refused(content: bytes, **options: Any) -> SeedFileRefused:
    with pytest.raises(SeedFileRefused) as caught:
        read(content, **options)
    return caught.value


def test_every_refusal_has_a_code_and_a_polite_sentence_of_its_own() -> None:
    family = [one for one in vars(refusals).values() if isinstance(one, type) and issubclass(one, SeedFileRefused)]

    assert len(family) == 19
    assert len({one.code for one in family}) == 19
    assert len({one.message for one in family}) == 19
    assert issubclass(SeedFileRefused, Invalid)
    assert all(one.code.startswith("seed_file.") for one in family)
    assert all(one.message.endswith(("니다.", "십시오.")) for one in family)


@pytest.mark.parametrize("header", [HEADER.split("<MACMethod")[0], ""], ids=["no MACMethod", "no header"])
def test_a_file_without_mac_method_is_refused(header: str) -> None:
    assert refused(file_of(sheet(mac=""), header=header)).code == "seed_file.mac_missing"


def test_a_value_whose_declared_mac_was_stripped_is_refused_although_python_pskc_reads_it(tmp_path: Path) -> None:
    stripped = file_of(sheet(mac=""))
    (tmp_path / "stripped.xml").write_bytes(stripped)
    theirs = PSKC(str(tmp_path / "stripped.xml"))
    theirs.encryption.key = KEY

    refusal = refused(stripped)

    assert theirs.keys[0].secret == SECRET
    assert refusal.code == "seed_file.mac_missing"
    assert refusal.facts == {"package": 1}


@pytest.mark.parametrize("mac", ["", "<ValueMAC>AAAA</ValueMAC>"])
def test_a_secret_in_clear_is_refused(mac: str) -> None:
    assert refused(file_of(sheet(value=PLAIN_SECRET, mac=mac))).code == "seed_file.clear_secret"


def test_a_clear_secret_beside_the_encrypted_one_is_refused() -> None:
    both = f"{PLAIN_SECRET}<EncryptedValue>{cipher_data(SEALED)}</EncryptedValue>"

    assert refused(file_of(sheet(value=both))).code == "seed_file.clear_secret"


@pytest.mark.parametrize("name", ["hotp", "OCRA-1:HOTP-SHA1-6:QN08", "ocra-1", "pin", "TOTP", "totp2", ""])
def test_a_device_that_does_not_count_time_is_refused(name: str) -> None:
    assert refused(file_of(sheet(algorithm=f"{TOTP[:-4]}{name}"))).code == "seed_file.not_totp"


@pytest.mark.parametrize(
    "policy",
    [
        '<PINPolicy MinLength="4"/>',
        "<NumberOfTransactions>1000</NumberOfTransactions>",
        "<KeyUsage>CR</KeyUsage>",
        "<Unheard/>",
        "<Unheard><Of/></Unheard>",
        '<x:KeyUsage xmlns:x="urn:another">OTP</x:KeyUsage>',
        "<KeyUsage>OTP</KeyUsage><KeyUsage><Deeper>OTP</Deeper></KeyUsage>",
    ],
)
def test_a_policy_nobody_here_can_keep_forbids_the_device(policy: str) -> None:
    assert refused(file_of(sheet(policy=f"<Policy>{policy}</Policy>"))).code == "seed_file.policy"


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": ""},
        {"parameters": '<ResponseFormat Length="7" Encoding="DECIMAL"/>'},
        {"parameters": '<ResponseFormat Length="６" Encoding="DECIMAL"/>'},
        {"parameters": '<ResponseFormat Length="6" Encoding="ALPHANUMERIC"/>'},
        {"parameters": '<ResponseFormat Length="6"/>'},
        {"parameters": '<ResponseFormat Length="6" Encoding="DECIMAL" CheckDigits="true"/>'},
        {"parameters": '<Suite>HMAC-MD5</Suite><ResponseFormat Length="6" Encoding="DECIMAL"/>'},
        {"times": ""},
        {"times": "<TimeInterval><PlainValue>45</PlainValue></TimeInterval>"},
        {"times": "<TimeInterval><PlainValue>-60</PlainValue></TimeInterval>"},
        {"times": "<TimeInterval><PlainValue>1e400</PlainValue></TimeInterval>"},
        {"times": f"<TimeInterval><EncryptedValue>{cipher_data(SEALED)}</EncryptedValue></TimeInterval>"},
        {"times": "<Time><PlainValue>100</PlainValue></Time><TimeInterval><PlainValue>60</PlainValue></TimeInterval>"},
    ],
    ids=str,
)
def test_a_product_the_bank_does_not_carry_is_refused(changes: dict[str, str]) -> None:
    assert refused(file_of(sheet(**changes))).code == "seed_file.parameters"


@pytest.mark.parametrize("length", [1, 15])
def test_a_secret_under_128_bits_is_refused(length: int) -> None:
    assert refused(file_of(sheet(secret=b"s" * length))).code == "seed_file.short_secret"


def test_a_secret_of_128_bits_is_enough() -> None:
    assert len(read(file_of(sheet(secret=b"s" * 16)))) == 1


def test_two_devices_with_one_serial_are_refused() -> None:
    refusal = refused(file_of(sheet(), sheet(secret=OTHER)))

    assert refusal.code == "seed_file.duplicate_serial"
    assert refusal.facts == {"package": 2}


def test_two_devices_with_one_secret_are_refused() -> None:
    refusal = refused(file_of(sheet(), sheet(serial="NH2", secret=OTHER), sheet(serial="NH3")))

    assert refusal.code == "seed_file.duplicate_secret"
    assert refusal.facts == {"package": 3}


def test_more_devices_than_allowed_are_refused() -> None:
    content = file_of(sheet(), sheet(serial="NH2", secret=OTHER))

    assert refused(content, limit_keys=1).code == "seed_file.too_many_keys"
    assert len(read(content, limit_keys=2)) == 2
    assert LIMIT_KEYS == 100_000


def test_a_file_larger_than_allowed_is_refused() -> None:
    content = file_of(sheet())

    assert refused(content, limit_bytes=len(content) - 1).code == "seed_file.too_large"
    assert len(read(content, limit_bytes=len(content))) == 1


@pytest.mark.parametrize(
    "algorithm",
    [
        "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "aes256-cbc",
        "",
    ],
)
def test_a_cipher_that_is_not_read_here_is_refused(algorithm: str) -> None:
    value = f"<EncryptedValue>{cipher_data(SEALED, algorithm)}</EncryptedValue>"

    assert refused(file_of(sheet(value=value))).code == "seed_file.cipher"


@pytest.mark.parametrize(
    "header",
    [
        '<MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-md5"/>',
        "<MACMethod/>",
        f'<MACMethod Algorithm="{HMAC256}"><MACKeyReference>elsewhere</MACKeyReference></MACMethod>',
        f'<EncryptionKey><DerivedKey Id="d"/></EncryptionKey><MACMethod Algorithm="{HMAC256}"/>',
        f"<EncryptionKey><ds:X509Data>AAAA</ds:X509Data></EncryptionKey>{HEADER.split('</EncryptionKey>')[1]}",
    ],
)
def test_a_key_or_mac_made_in_a_way_not_read_here_is_refused(header: str) -> None:
    assert refused(file_of(sheet(), header=header)).code == "seed_file.cipher"


@pytest.mark.parametrize("size", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_a_wrong_key(size: int) -> None:
    mac_key = f'<MACMethod Algorithm="{HMAC256}"><MACKey>{cipher_data(encrypted(KEY))}</MACKey></MACMethod>'

    assert refused(file_of(sheet(), header=mac_key), key=b"k" * size).code == "seed_file.wrong_key"


def test_a_refusal_in_the_middle_names_the_place_and_nothing_else() -> None:
    bad = sheet(serial="NH2", secret=OTHER, mac=f"<ValueMAC>{base64_of(signed(SEALED))}</ValueMAC>")

    refusal = refused(file_of(sheet(), bad, sheet(serial="NH3", secret=b"x" * 20)))

    assert refusal.facts == {"package": 2}
    assert str(refusal) == f"{refusal.code}: {refusal.message}"
    assert refusal.__context__ is None or refusal.__suppress_context__
    assert AES256 not in str(refusal)
