"""The first code of a new device, and registration once more after an interruption."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.approval import NothingIn
from branches.api.case import told
from branches.api.shapes import CaseOut
from branches.commands.first_code import grant_tries, register_case
from branches.errands.first_code import first_code, two_codes
from branches.queries.first_code import answer_of
from branches.queries.records import case_record
from nh_otp.doors.api import Text, actor, once, read
from nh_otp.doors.schema import verb
from nh_otp.gateways.otp_verifier import Verdict


class FirstCodeIn(serializers.Serializer[Any]):
    code = Text(max_length=8, trim_whitespace=False)


class TwoCodesIn(serializers.Serializer[Any]):
    first = Text(max_length=8, trim_whitespace=False)
    second = Text(max_length=8, trim_whitespace=False, help_text="바로 다음에 표시된 번호")


class FirstCodeOut(serializers.Serializer[Any]):
    outcome = serializers.CharField(help_text="MATCH이면 사용등록까지 마친 것입니다.")
    message = serializers.CharField()
    tries_left = serializers.IntegerField()
    drift_seconds = serializers.IntegerField(
        allow_null=True, help_text="두 번호로 잰 시각 차이(초). 늦으면 음수입니다."
    )
    case = CaseOut()


class FirstCodeView(APIView):
    @verb("first_code", FirstCodeIn, FirstCodeOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Check a code and register when it matches; WRONG, REUSED and DRIFTED are answers, not errors."""
        given = read(FirstCodeIn, request)
        answer = first_code(by=actor(request), case_ref=ref, once=once(request), **given)
        return _told(answer.verdict, answer_of(answer.verdict), ref, request)


class TwoCodesView(APIView):
    @verb("two_codes", TwoCodesIn, FirstCodeOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Correct a new device's clock with two codes in a row and register it; costs no try."""
        given = read(TwoCodesIn, request)
        answer = two_codes(by=actor(request), case_ref=ref, once=once(request), **given)
        return _told(answer.verdict, answer_of(answer.verdict, pair=True), ref, request)


def _told(verdict: Verdict, message: str, ref: UUID, request: Request) -> Response:
    said = {
        "outcome": verdict.outcome.value,
        "message": message,
        "tries_left": verdict.tries_left,
        "drift_seconds": verdict.drift_seconds,
        "case": case_record(ref, by=actor(request)),
    }
    return Response(FirstCodeOut(said).data)


class Tries(APIView):
    @verb("grant_tries", NothingIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Allow one more set of tries at the desk; by a supervisor, once."""
        given = read(NothingIn, request)
        return told(grant_tries(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Registration(APIView):
    @verb("register_case", NothingIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Register with the code that was verified before; no second code is asked."""
        given = read(NothingIn, request)
        return told(register_case(by=actor(request), case_ref=ref, once=once(request), **given), request)
