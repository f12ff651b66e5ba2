"""The only way out of the house: hands out the configured adapter, and refuses while a command is running."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import cast

from nh_otp.errors import Invalid
from nh_otp.gateways.id_authenticity import IdAuthenticity
from nh_otp.gateways.otp_centre import OtpCentre
from nh_otp.gateways.otp_verifier import OtpVerifier
from nh_otp.gateways.sms import Sms


class Refused(Invalid):
    """The other side understood and said no: terminal, never retried; `code` is its own reason."""

    message = "상대 기관이 요청을 받아들이지 않았습니다. 내용을 다시 확인해 주십시오."

    def __init__(self, code: str, message: str | None = None) -> None:
        super().__init__(message, code=code)


def otp_verifier() -> OtpVerifier:
    """Check codes and seal lots; raises AssertionError inside a command."""
    return cast(OtpVerifier, _configured("otp_verifier"))


def id_authenticity() -> IdAuthenticity:
    """Ask whether an identity document is genuine; raises AssertionError inside a command."""
    return cast(IdAuthenticity, _configured("id_authenticity"))


def otp_centre() -> OtpCentre:
    """Tell the shared OTP centre; raises AssertionError inside a command."""
    return cast(OtpCentre, _configured("otp_centre"))


def sms() -> Sms:
    """Send one text; raises AssertionError inside a command."""
    return cast(Sms, _configured("sms"))


def _configured(gateway: str) -> object:
    # Both imports wait for the first call: the simulators live in this package and run without Django.
    from django.conf import settings

    from nh_otp.command import running

    if running.get():
        raise AssertionError(f"{gateway}: no outside call inside a command, enqueue instead")
    return adapter(settings.GATEWAYS[gateway])


@lru_cache
def adapter(factory: str) -> object:
    """Build the adapter behind a dotted path once per process, so that its connections are kept and shared."""
    from django.utils.module_loading import import_string

    return import_string(factory)()


# A forked worker must not speak on its parent's connections.
os.register_at_fork(after_in_child=adapter.cache_clear)
