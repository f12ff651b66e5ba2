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
from branches.api.shapes import CaseOut, verb
from branches.commands.first_code import register_case
from branches.errands.first_code import first_code
from branches.queries.first_code import answer_of
from branches.queries.records import case_record
from nh_otp.doors.api import Text, actor, once, read


class FirstCodeIn(serializers.Serializer[Any]):
    code = Text(max_length=8, trim_whitespace=False)


class FirstCodeOut(serializers.Serializer[Any]):
    outcome = serializers.CharField(help_text="MATCH이면 사용등록까지 마친 것입니다.")
    message = serializers.CharField()
    tries_left = serializers.IntegerField()
    case = CaseOut()


class FirstCodeView(APIView):
    @verb("first_code", FirstCodeIn, FirstCodeOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Check a code and register when it matches; WRONG, REUSED and DRIFTED are answers, not errors."""
        given = read(FirstCodeIn, request)
        answer = first_code(by=actor(request), case_ref=ref, once=once(request), **given)
        said = {
            "outcome": answer.outcome.value,
            "message": answer_of(answer.outcome, tries_left=answer.tries_left),
            "tries_left": answer.tries_left,
            "case": case_record(ref, by=actor(request)),
        }
        return Response(FirstCodeOut(said).data)


class Registration(APIView):
    @verb("register_case", NothingIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Register with the code that was verified before; no second code is asked."""
        given = read(NothingIn, request)
        return told(register_case(by=actor(request), case_ref=ref, once=once(request), **given), request)
