"""Reissue cases: opening one, the branch's open ones, and one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.shapes import CaseLineOut, CaseOut
from branches.commands.customer import look_at_customer
from branches.commands.reissue import open_case
from branches.models import Reason, ReissueCase
from branches.queries.records import case_lines, case_record
from branches.states import OPEN, CaseState
from nh_otp.doors.api import OneOf, actor, once, read, read_query
from nh_otp.doors.schema import look, verb


class OpenCaseIn(serializers.Serializer[Any]):
    customer_ref = serializers.UUIDField()
    reason = OneOf(Reason)
    old_device = serializers.UUIDField()


class CasesQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        [(state.value, state.label) for state in OPEN], required=False, default=None, allow_null=True
    )
    mine = serializers.BooleanField(required=False, default=False)
    cursor = serializers.RegexField(r"^[0-9]{1,18}\.[0-9a-f]{32}$", required=False, default="")


class CasesOut(serializers.Serializer[Any]):
    cases = CaseLineOut(many=True)
    cursor = serializers.CharField(allow_null=True, help_text="다음 쪽")


def told(case: ReissueCase, request: Request, *, status: int = 200) -> Response:
    """A case as it is after a verb."""
    return Response(CaseOut(case_record(case.pk, by=actor(request))).data, status=status)


class Cases(APIView):
    @verb("open_case", OpenCaseIn, CaseOut, status=201)
    def post(self, request: Request) -> Response:
        """Begin a case at the counter for a device the customer holds."""
        case = open_case(by=actor(request), once=once(request), **read(OpenCaseIn, request))
        return told(case, request, status=201)

    @look("list_cases", CasesOut, filters=CasesQuery)
    def get(self, request: Request) -> Response:
        """Open cases of the own branch, newest first; `cursor` leads to the next page."""
        asked = read_query(CasesQuery, request)
        state = CaseState(asked["state"]) if asked["state"] else None
        page = case_lines(by=actor(request), state=state, mine=asked["mine"], after=asked["cursor"])
        return Response(CasesOut(page).data)


class CaseView(APIView):
    @look("get_case", CaseOut)
    def get(self, request: Request, ref: UUID) -> Response:
        """One case of the own branch; looking at its customer is on record."""
        case = case_record(ref, by=actor(request))
        look_at_customer(by=actor(request), customer_ref=case.customer, case_ref=ref)
        return Response(CaseOut(case).data)
