"""Four eyes (책임자 승인): asking, what waits, what a decider is shown, and the decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.case import told
from branches.api.shapes import CaseOut
from branches.commands.approval import approve_case, refuse_case, return_case, submit_case, withdraw_case
from branches.commands.customer import look_at_customer
from branches.models import ReturnReason
from branches.queries.evidence import Flag
from branches.queries.records import shown_record, waiting_records
from nh_otp.doors.api import OneOf, Text, actor, once, read
from nh_otp.doors.schema import look, verb


class SubmissionIn(serializers.Serializer[Any]):
    memo = Text(required=False, allow_blank=True, default="", max_length=80)


class NothingIn(serializers.Serializer[Any]):
    """An empty object."""


class ApprovalIn(serializers.Serializer[Any]):
    seen = serializers.RegexField(r"^[0-9a-f]{64}\Z", help_text="GET /approvals/{ref}의 seen")
    flags = serializers.ListField(
        child=serializers.ChoiceField([flag.value for flag in Flag]), max_length=len(Flag), help_text="확인한 사항 전부"
    )


class ReasonIn(serializers.Serializer[Any]):
    reason = OneOf(ReturnReason)


class WaitingOut(serializers.Serializer[Any]):
    asks = serializers.CharField(help_text="결재 종류")
    case = serializers.UUIDField(allow_null=True)
    service = serializers.UUIDField(allow_null=True)
    number = serializers.CharField()
    customer = serializers.UUIDField()
    customer_name = serializers.CharField()
    reason = serializers.CharField()
    kind = serializers.CharField()
    maker = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField())
    requested_at = serializers.DateTimeField()
    lapses_at = serializers.DateTimeField()
    own = serializers.BooleanField(help_text="본인이 접수하여 결정할 수 없는 건")


class InboxOut(serializers.Serializer[Any]):
    approvals = WaitingOut(many=True)


class ShownOut(serializers.Serializer[Any]):
    request = WaitingOut()
    content = serializers.DictField(help_text="승인이 묶이는 내용")
    flags = serializers.ListField(child=serializers.CharField())
    seen = serializers.CharField()
    changed = serializers.BooleanField(help_text="요청 뒤에 바뀌어 반려만 할 수 있는 건")


class Submission(APIView):
    @verb("submit_case", SubmissionIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Ask for approval once tasks 1 to 4 are done."""
        given = read(SubmissionIn, request)
        return told(submit_case(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Withdrawal(APIView):
    @verb("withdraw_case", NothingIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Take the request back, to mend something."""
        given = read(NothingIn, request)
        return told(withdraw_case(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Approvals(APIView):
    @look("list_approvals", InboxOut)
    def get(self, request: Request) -> Response:
        """Requests that wait in the own branch, longest first."""
        return Response(InboxOut({"approvals": waiting_records(by=actor(request))}).data)


class ApprovalView(APIView):
    @look("get_approval", ShownOut)
    def get(self, request: Request, ref: UUID) -> Response:
        """Exactly what a decision will be bound to; looking at the customer is on record."""
        shown = shown_record(ref, by=actor(request), at=timezone.now())
        asked = shown.request
        look_at_customer(by=actor(request), customer_ref=asked.customer, case_ref=asked.case, service_ref=asked.service)
        return Response(ShownOut(shown).data)


class Approve(APIView):
    @verb("approve_case", ApprovalIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Approve exactly what was shown; needs a fresh second factor."""
        given = read(ApprovalIn, request)
        return told(approve_case(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Return(APIView):
    @verb("return_case", ReasonIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Send a request back to its maker (반려)."""
        given = read(ReasonIn, request)
        return told(return_case(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Refuse(APIView):
    @verb("refuse_case", ReasonIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Refuse a request for good (승인거절)."""
        given = read(ReasonIn, request)
        return told(refuse_case(by=actor(request), case_ref=ref, once=once(request), **given), request)
