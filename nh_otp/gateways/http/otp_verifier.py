"""The OTP verifier over HTTP, usually on a unix socket of the same machine."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO
from urllib.parse import urlencode
from uuid import UUID

from nh_otp.gateways import Refused
from nh_otp.gateways.http.transport import Json, Transport
from nh_otp.gateways.otp_verifier import (
    CodeCheck,
    CodePair,
    DeviceIn,
    FileFault,
    LotCheck,
    LotHeader,
    LotReceipt,
    OtpVerifier,
    Outcome,
    RowOut,
    Verdict,
)

PIECE = 256 * 1024  # bytes of a seed file on the way at once


class HttpOtpVerifier:
    """A broken `check` is never sent again: it may have spent a try. Budgets in seconds."""

    def __init__(self, url: str, *, budget: float = 5.0, sealing_budget: float = 900.0) -> None:
        self._transport, self._sealing_budget = Transport("otp_verifier", url, budget=budget), sealing_budget

    def close(self) -> None:
        self._transport.close()

    def check(self, question: CodeCheck) -> Verdict:
        answer = self._transport.ask(
            "/check",
            {
                "device": str(question.device),
                "subject": str(question.subject),
                "code": question.code,
                "once": question.once,
                "staff_no": question.staff_no,
                "purpose": question.purpose,
            },
        )
        return self._verdict(answer)

    def resync(self, question: CodePair) -> Verdict:
        answer = self._transport.ask(
            "/resync",
            {
                "device": str(question.device),
                "subject": str(question.subject),
                "first": question.first,
                "second": question.second,
                "once": question.once,
                "staff_no": question.staff_no,
                "purpose": question.purpose,
            },
        )
        return self._verdict(answer)

    def settle_service(self, service: UUID) -> None:
        self._transport.ask("/settle", {"service": str(service)}, idempotent=True)

    def standing(self, *, device: UUID, subject: UUID) -> Verdict | None:
        path = "/standing?" + urlencode({"device": str(device), "subject": str(subject)})
        status, answer = self._transport.exchange("GET", path, idempotent=True)
        if status == 404:
            return None
        if status >= 300:
            raise self._transport.refusal(status, answer)
        return self._verdict(answer)

    def seal_lot(self, header: LotHeader, body: BinaryIO) -> LotReceipt:
        answer = self._send("/lots", header, body)
        with self._transport.understood():
            return LotReceipt(lot=UUID(answer["lot"]), devices=int(answer["devices"]))

    def check_lot(self, header: LotHeader, body: BinaryIO) -> LotCheck:
        answer = self._send("/lots/check", header, body)
        with self._transport.understood():
            fault = answer["file_error"]
            return LotCheck(
                accepted=[DeviceIn(*row[:4], *map(date.fromisoformat, row[4:])) for row in answer["accepted"]],
                refused=[RowOut(*row) for row in answer["refused"]],
                file_error=FileFault(*fault) if fault else None,
                digest=str(answer["digest"]),
            )

    def _send(self, path: str, header: LotHeader, body: BinaryIO) -> Json:
        status, answer = self._transport.exchange(
            "POST",
            path,
            body=_lot(header, body),
            headers={"Content-Type": "application/octet-stream"},
            budget=self._sealing_budget,
        )
        if status >= 300:
            refusal = self._transport.refusal(status, answer)
            raise Refused(refusal.code, answer.get("message")) if isinstance(refusal, Refused) else refusal
        return answer

    def _verdict(self, answer: Json) -> Verdict:
        with self._transport.understood():
            row = answer["verification"]
            return Verdict(
                outcome=Outcome(answer["outcome"]),
                verification=UUID(row) if row else None,
                tries_left=int(answer["tries_left"]),
                drift_seconds=answer["drift_seconds"],
                neighbour=bool(answer["neighbour"]),
            )


def _lot(header: LotHeader, body: BinaryIO) -> Iterator[bytes]:
    """One line of JSON, then the file as it is: it never lies in memory or on disk as a whole."""
    about = {
        "vendor": header.vendor,
        "product": header.product,
        "branch_code": header.branch_code,
        "till": header.till,
        "key": base64.b64encode(header.key).decode() if header.key is not None else None,
        "passphrase": header.passphrase,
        "format": header.format,
        "quarantined": header.quarantined,
        "ref": header.ref,
        "imported_by": header.imported_by,
    }
    yield json.dumps(about).encode() + b"\n"
    while piece := body.read(PIECE):
        yield piece


def configured() -> OtpVerifier:
    """The verifier at `settings.GATEWAY_URLS["otp_verifier"]`."""
    from django.conf import settings

    return HttpOtpVerifier(settings.GATEWAY_URLS["otp_verifier"])
