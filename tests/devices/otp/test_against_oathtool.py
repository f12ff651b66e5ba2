"""The same codes as Debian's oathtool, for every kind of device a vendor could send."""

import random
import shutil
import subprocess
from datetime import UTC, datetime

import pytest

from devices.otp import Parameters, code_at, step_at
from devices.states import Algorithm

OATHTOOL = shutil.which("oathtool")
BLOCK_BOUNDARIES = [16, 20, 32, 63, 64, 65, 127, 128, 129, 200]
MOMENT = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)

pytestmark = pytest.mark.skipif(OATHTOOL is None, reason="Debian's oathtool is not installed")


def oathtool_codes(secret: bytes, parameters: Parameters, *, more: int) -> list[str]:
    options = [
        f"--totp={parameters.algorithm.value.lower()}",
        f"--digits={parameters.digits}",
        f"--time-step-size={parameters.period}s",
        f"--now=@{int(MOMENT.timestamp())}",
        f"--window={more}",
    ]
    said = subprocess.run([str(OATHTOOL), *options, "-"], input=secret.hex().encode(), capture_output=True, check=True)
    return said.stdout.decode().split()


@pytest.mark.parametrize("length", BLOCK_BOUNDARIES)
@pytest.mark.parametrize("period", [30, 60])
@pytest.mark.parametrize("digits", [6, 8])
@pytest.mark.parametrize("algorithm", Algorithm)
def test_pyotp_and_oathtool_show_the_same_codes(algorithm: Algorithm, digits: int, period: int, length: int) -> None:
    secret = random.Random(f"{algorithm} {digits} {period} {length}").randbytes(length)
    parameters = Parameters(algorithm, digits, period)
    step = step_at(MOMENT, period)

    codes = [code_at(secret, parameters, step + ahead) for ahead in range(8)]

    assert codes == oathtool_codes(secret, parameters, more=7)
