"""The published vectors: RFC 4226 appendix D and RFC 6238 appendix B."""

from datetime import UTC, datetime

import pytest

from devices.otp import Parameters, code_at, step_at
from devices.states import Algorithm

HOTP_SECRET = b"12345678901234567890"
TOTP_SECRETS = {
    Algorithm.SHA1: b"12345678901234567890",
    Algorithm.SHA256: b"12345678901234567890123456789012",
    Algorithm.SHA512: b"1234567890123456789012345678901234567890123456789012345678901234",
}
HOTP_CODES = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
TOTP_CODES = {
    59: ("94287082", "46119246", "90693936"),
    1111111109: ("07081804", "68084774", "25091201"),
    1111111111: ("14050471", "67062674", "99943326"),
    1234567890: ("89005924", "91819424", "93441116"),
    2000000000: ("69279037", "90698825", "38618901"),
    20000000000: ("65353130", "77737706", "47863826"),
}


@pytest.mark.parametrize(("counter", "code"), list(enumerate(HOTP_CODES)))
def test_a_counter_gives_the_code_of_rfc_4226(counter: int, code: str) -> None:
    parameters = Parameters(Algorithm.SHA1, 6, 30)

    assert code_at(HOTP_SECRET, parameters, counter) == code


@pytest.mark.parametrize("column", range(3), ids=list(Algorithm.values))
@pytest.mark.parametrize(("seconds", "codes"), list(TOTP_CODES.items()))
def test_a_moment_gives_the_code_of_rfc_6238(seconds: int, codes: tuple[str, ...], column: int) -> None:
    algorithm = list(Algorithm)[column]
    moment = datetime.fromtimestamp(seconds, tz=UTC)

    code = code_at(TOTP_SECRETS[algorithm], Parameters(algorithm, 8, 30), step_at(moment, 30))

    assert code == codes[column]
