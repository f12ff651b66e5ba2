"""One changed byte anywhere: one answer, and nothing is decrypted."""

from collections.abc import Callable

import pytest

from devices.seed_file.refusals import WrongKey
from tests.devices.pskc.paper import (
    HEADER,
    HMAC256,
    KEY,
    WatchedCipher,
    base64_of,
    cipher_data,
    encrypted,
    every_flip,
    file_of,
    read,
    sheet,
    signed,
)

SEALED = encrypted(sheet().secret)
MAC = signed(SEALED)
MAC_KEY = bytes(range(200, 232))
WITH_MAC_KEY = f'<MACMethod Algorithm="{HMAC256}"><MACKey>{cipher_data(encrypted(MAC_KEY))}</MACKey></MACMethod>'
ANSWER = ("seed_file.wrong_key", WrongKey.message, {"package": 1})


def file_with(sealed: bytes, mac: bytes, header: str = HEADER) -> bytes:
    value = f"<EncryptedValue>{cipher_data(sealed)}</EncryptedValue>"
    return file_of(sheet(value=value, mac=f"<ValueMAC>{base64_of(mac)}</ValueMAC>"), header=header)


def answer(content: bytes, cipher: WatchedCipher, key: bytes = KEY) -> tuple[str, str, dict[str, object]]:
    with pytest.raises(WrongKey) as caught:
        read(content, key=key, decrypt=cipher)
    return caught.value.code, caught.value.message, caught.value.facts


def test_an_untouched_file_is_decrypted_once() -> None:
    cipher = WatchedCipher()

    (device,) = read(file_with(SEALED, MAC), decrypt=cipher)

    assert device.secret == sheet().secret
    assert cipher.shown == [SEALED[16:]]


@pytest.mark.parametrize(
    ("forgeries", "count"),
    [
        (lambda: [(SEALED, mac) for mac in every_flip(MAC)], 32),
        (lambda: [(iv + SEALED[16:], MAC) for iv in every_flip(SEALED[:16])], 16),
        (lambda: [(SEALED[:16] + rest, MAC) for rest in every_flip(SEALED[16:])], 32),
    ],
    ids=["MAC", "IV", "ciphertext"],
)
def test_each_flipped_byte_gives_the_same_answer_and_decrypts_nothing(
    forgeries: Callable[[], list[tuple[bytes, bytes]]], count: int
) -> None:
    cipher = WatchedCipher()

    answers = [answer(file_with(sealed, mac), cipher) for sealed, mac in forgeries()]

    assert answers == [ANSWER] * count
    assert cipher.shown == []


@pytest.mark.parametrize("length", [1, 10, 20, 31])
def test_a_shortened_mac_is_no_mac(length: int) -> None:
    cipher = WatchedCipher()

    assert answer(file_with(SEALED, MAC[:length]), cipher) == ANSWER
    assert cipher.shown == []


def test_a_wrong_key_gives_the_same_answer_and_decrypts_nothing() -> None:
    cipher = WatchedCipher()

    assert answer(file_with(SEALED, MAC), cipher, key=KEY[::-1]) == ANSWER
    assert cipher.shown == []


def test_bad_padding_under_a_right_mac_gives_the_same_answer() -> None:
    unpadded = encrypted(b"sixteen bytes ..")[:32]

    assert answer(file_with(unpadded, signed(unpadded)), WatchedCipher()) == ANSWER


@pytest.mark.parametrize("length", [1, 15, 16, 17, 33])
def test_a_value_that_is_no_iv_and_blocks_gives_the_same_answer(length: int) -> None:
    cut = SEALED[:length] + b"\0" * (length - len(SEALED))

    assert answer(file_with(cut, signed(cut)), WatchedCipher()) == ANSWER


def test_with_a_mac_key_in_the_file_only_that_is_decrypted_before_a_mac_matches() -> None:
    cipher = WatchedCipher()

    (device,) = read(file_with(SEALED, signed(SEALED, MAC_KEY), WITH_MAC_KEY), decrypt=cipher)

    assert device.secret == sheet().secret
    assert cipher.shown == [encrypted(MAC_KEY)[16:], SEALED[16:]]


def test_with_a_mac_key_in_the_file_each_flipped_byte_of_the_value_decrypts_no_secret() -> None:
    cipher = WatchedCipher()
    mac = signed(SEALED, MAC_KEY)

    answers = [answer(file_with(sealed, mac, WITH_MAC_KEY), cipher) for sealed in every_flip(SEALED)]

    assert answers == [ANSWER] * len(SEALED)
    assert cipher.shown == [encrypted(MAC_KEY)[16:]] * len(SEALED)


def test_each_flipped_byte_of_the_mac_key_gives_the_same_answer_and_decrypts_no_secret() -> None:
    cipher = WatchedCipher()
    mac = signed(SEALED, MAC_KEY)

    for flipped in every_flip(encrypted(MAC_KEY)):
        header = f'<MACMethod Algorithm="{HMAC256}"><MACKey>{cipher_data(flipped)}</MACKey></MACMethod>'
        assert answer(file_with(SEALED, mac, header), cipher) == ANSWER

    assert SEALED[16:] not in cipher.shown


@pytest.mark.parametrize("mac_key", [b"", b"k" * 15])
def test_a_mac_key_anybody_could_guess_is_not_believed(mac_key: bytes) -> None:
    header = f'<MACMethod Algorithm="{HMAC256}"><MACKey>{cipher_data(encrypted(mac_key))}</MACKey></MACMethod>'

    assert answer(file_with(SEALED, signed(SEALED, mac_key), header), WatchedCipher()) == ANSWER
