from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from nh_otp import gateways
from nh_otp.command import running
from nh_otp.gateways.http.otp_verifier import HttpOtpVerifier
from nh_otp.gateways.simulators.otp_centre import OtpCentreSimulator


@pytest.fixture(autouse=True)
def configured(settings: Settings) -> Iterator[None]:
    simulators, real = "nh_otp.gateways.simulators", "nh_otp.gateways.http"
    settings.GATEWAYS = {
        "otp_verifier": f"{real}.otp_verifier.configured",
        "id_authenticity": f"{real}.id_authenticity.configured",
        "otp_centre": f"{simulators}.otp_centre.in_process",
        "sms": f"{real}.sms.configured",
    }
    settings.GATEWAY_URLS = dict.fromkeys(settings.GATEWAYS, "http://127.0.0.1:9")
    gateways.adapter.cache_clear()
    yield
    gateways.adapter.cache_clear()


def test_an_errand_always_gets_the_one_configured_adapter() -> None:
    assert isinstance(gateways.otp_centre(), OtpCentreSimulator)
    assert gateways.otp_centre() is gateways.otp_centre()
    assert isinstance(gateways.otp_verifier(), HttpOtpVerifier)


@pytest.mark.parametrize("gateway", ["otp_verifier", "id_authenticity", "otp_centre", "sms"])
def test_nobody_asks_the_outside_while_a_command_runs(gateway: str) -> None:
    running_now = running.set(True)

    with pytest.raises(AssertionError, match="enqueue instead"):
        getattr(gateways, gateway)()

    running.reset(running_now)
    assert getattr(gateways, gateway)() is getattr(gateways, gateway)()
