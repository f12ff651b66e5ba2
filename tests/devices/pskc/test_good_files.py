"""Files as vendors write them are read as they were meant."""

import random
import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pskc import PSKC

from devices import otp
from devices.states import Algorithm
from nh_otp.gateways.simulators.seed_vendor import MadeDevice, make_devices, write_pskc
from tests.devices.pskc.paper import KEY, TOTP, file_of, read, sheet

PSKCTOOL = shutil.which("pskctool")
OATHTOOL = shutil.which("oathtool")
HASHES = ["sha1", "sha224", "sha256", "sha384", "sha512"]
SUITES = {"HMAC-SHA1": "SHA1", "HMAC-SHA-256": "SHA256", "SHA-512": "SHA512", "hmac-sha512": "SHA512"}

RFC_6030_FIGURE_6 = b"""<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  <EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>
  <MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1">
    <MACKey>
      <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
      <xenc:CipherData><xenc:CipherValue>
        ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX
      </xenc:CipherValue></xenc:CipherData>
    </MACKey>
  </MACMethod>
  <KeyPackage>
    <DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo></DeviceInfo>
    <CryptoModuleInfo><Id>CM_ID_001</Id></CryptoModuleInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
      <Issuer>Issuer</Issuer>
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data>
        <Secret>
          <EncryptedValue>
            <xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>
            <xenc:CipherData><xenc:CipherValue>
              AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv
            </xenc:CipherValue></xenc:CipherData>
          </EncryptedValue>
          <ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=
          </ValueMAC>
        </Secret>
        <TimeInterval><PlainValue>30</PlainValue></TimeInterval>
        <TimeDrift><PlainValue>4</PlainValue></TimeDrift>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>
"""


def python_pskc_file(bits: int, hash_name: str, key: bytes, secrets: Sequence[bytes], *, own_mac_key: bool) -> bytes:
    container = PSKC()
    container.encryption.setup_preshared_key(key=key, algorithm=f"aes{bits}-cbc")
    container.mac.setup(key=bytes(range(48)) if own_mac_key else key, algorithm=f"hmac-{hash_name}")
    for number, secret in enumerate(secrets):
        container.add_key(
            serial=f"P{number}",
            manufacturer="oath.PY",
            algorithm=TOTP,
            secret=secret,
            response_length=8,
            response_encoding="DECIMAL",
            time_interval=30,
        )
    out = BytesIO()
    container.write(out)
    # python-pskc always writes the MAC's key, even where it is the key itself
    return out.getvalue() if own_mac_key else re.sub(rb"<pskc:MACKey>.*</pskc:MACKey>", b"", out.getvalue(), flags=re.S)


def test_the_example_of_rfc_6030_figure_6_gives_its_secret() -> None:
    key = bytes.fromhex("12345678901234567890123456789012")

    (device,) = read(RFC_6030_FIGURE_6, key=key)

    assert device.secret == b"12345678901234567890"
    assert (device.serial, device.manufacturer) == ("987654321", "Manufacturer")
    assert device.parameters == otp.Parameters(Algorithm.SHA1, 8, 30)


@pytest.mark.parametrize("own_mac_key", [True, False], ids=["MACKey", "key is MAC key"])
@pytest.mark.parametrize("hash_name", HASHES)
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_file_written_by_python_pskc_is_read_alike(bits: int, hash_name: str, own_mac_key: bool) -> None:
    source = random.Random(f"{bits} {hash_name}")
    key, secrets = source.randbytes(bits // 8), [source.randbytes(length) for length in (16, 20, 31, 32, 64, 200)]

    found = read(python_pskc_file(bits, hash_name, key, secrets, own_mac_key=own_mac_key), key=key)

    assert [device.secret for device in found] == secrets
    assert [device.serial for device in found] == ["P0", "P1", "P2", "P3", "P4", "P5"]


def test_the_vendors_file_is_read_alike_by_python_pskc(tmp_path: Path) -> None:
    path = tmp_path / "lot.xml"
    write_pskc(path, make_devices(["NH1", "NH2", "NH3"]), transport_key=KEY)

    theirs = PSKC(str(path))
    theirs.encryption.key = KEY
    ours = read(path.read_bytes())

    assert [(key.serial, key.secret) for key in theirs.keys] == [(device.serial, device.secret) for device in ours]
    assert [key.time_interval for key in theirs.keys] == [60, 60, 60]


def test_every_device_the_vendor_made_arrives_as_it_was_made(tmp_path: Path) -> None:
    path, source = tmp_path / "lot.xml", random.Random("vendor")
    made = [
        MadeDevice("NH-1", source.randbytes(20), "SHA1", 6, 60, date(2026, 1, 2), date(2031, 12, 31)),
        MadeDevice("NH-2", source.randbytes(32), "SHA256", 8, 30),
        MadeDevice("NH-3", source.randbytes(64), "SHA512", 6, 30, None, date(2030, 2, 28)),
    ]

    count = write_pskc(path, made, transport_key=KEY, manufacturer="한국 <보안> & Co.", random_bytes=source.randbytes)
    found = read(path.read_bytes())

    assert count == 3
    assert [device.secret for device in found] == [device.secret for device in made]
    assert [device.parameters.algorithm for device in found] == ["SHA1", "SHA256", "SHA512"]
    assert [(device.parameters.digits, device.parameters.period) for device in found] == [(6, 60), (8, 30), (6, 30)]
    assert [(device.starts_on, device.expires_on) for device in found] == [
        (date(2026, 1, 2), date(2031, 12, 31)),
        (None, None),
        (None, date(2030, 2, 28)),
    ]
    assert {device.manufacturer for device in found} == {"한국 <보안> & Co."}


def test_the_vendors_file_may_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "lot.xml"
    path.write_text("an older file, open to all")
    path.chmod(0o644)

    write_pskc(path, make_devices(["NH1"]), transport_key=KEY)

    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_randomness_makes_the_same_lot(tmp_path: Path) -> None:
    for name in ("one.xml", "two.xml"):
        source = random.Random("demo").randbytes
        made = make_devices(["NH1", "NH2"], random_bytes=source)
        write_pskc(tmp_path / name, made, transport_key=KEY, random_bytes=source)

    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()


@pytest.mark.skipif(PSKCTOOL is None, reason="Debian's pskctool is not installed")
def test_the_vendors_file_follows_the_schema_and_pskctool_sees_the_devices(tmp_path: Path) -> None:
    path = tmp_path / "lot.xml"
    write_pskc(path, make_devices(["NH7777"], expires_on=date(2031, 12, 31)), transport_key=KEY)

    valid = subprocess.run([str(PSKCTOOL), "--validate", str(path)], capture_output=True, check=False)
    info = subprocess.run([str(PSKCTOOL), "--info", str(path)], capture_output=True, check=True)

    assert (valid.returncode, valid.stdout.strip()) == (0, b"OK")
    assert b"SerialNo: NH7777" in info.stdout


@pytest.mark.skipif(OATHTOOL is None, reason="Debian's oathtool is not installed")
def test_oathtool_computes_a_code_of_an_imported_device_that_matches() -> None:
    (device,) = read(file_of(sheet()))
    command = [str(OATHTOOL), "--totp=sha256", "-d6", "-s60s", "-N@1772443800", "-"]
    shown = subprocess.run(command, input=device.secret.hex().encode(), capture_output=True, check=True).stdout

    step = otp.match(
        device.secret, device.parameters, shown.decode().strip(), around=1772443800 // 60, window=0, drift=0
    )

    assert step == 1772443800 // 60


@pytest.mark.parametrize(("written", "meant"), list(SUITES.items()))
def test_vendors_write_the_algorithm_suite_in_several_ways(written: str, meant: str) -> None:
    parameters = f'<Suite>{written}</Suite><ResponseFormat Length="6" Encoding="DECIMAL"/>'

    (device,) = read(file_of(sheet(parameters=parameters)))

    assert device.parameters.algorithm == meant


def test_the_narrower_of_device_and_policy_dates_counts() -> None:
    info = "<StartDate>2026-01-01T00:00:00Z</StartDate><ExpiryDate>2031-06-30T23:59:59+09:00</ExpiryDate>"
    policy = (
        "<Policy><StartDate>2026-02-01T00:00:00Z</StartDate><ExpiryDate>2032-01-01T00:00:00Z</ExpiryDate>"
        "<KeyUsage>OTP</KeyUsage><KeyUsage>Verify</KeyUsage></Policy>"
    )

    (device,) = read(file_of(sheet(info=info, policy=policy)))

    assert (device.starts_on, device.expires_on) == (date(2026, 2, 1), date(2031, 6, 30))


def test_a_device_shown_in_a_log_hides_its_secret() -> None:
    (device,) = read(file_of(sheet()))

    assert "0123456789" not in repr(device)
    assert device.secret.hex() not in repr(device)
    assert "secret" not in repr(MadeDevice("NH1", device.secret))


def test_a_comment_or_cdata_inside_a_value_changes_nothing() -> None:
    (device,) = read(file_of(sheet(serial="NH<!-- not here -->00<![CDATA[42]]>")))

    assert device.serial == "NH0042"
