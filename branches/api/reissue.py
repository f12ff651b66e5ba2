"""The teller's verbs on a case, from paperwork to hand-over: shape and one call each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.case import told
from branches.api.shapes import CaseOut
from branches.commands.paperwork import collect_fee, record_paperwork
from branches.commands.reissue import assign_device, assign_next_device, cancel_case, hand_over
from branches.models import FeeMethod
from branches.queries.choices import CANCEL_REASONS
from branches.queries.paperwork import Paper
from nh_otp.doors.api import OneOf, Text, YesNo, actor, once, read
from nh_otp.doors.schema import verb

MOST_PAPERS = 20


class PaperworkIn(serializers.Serializer[Any]):
    documents = serializers.ListField(child=OneOf(Paper), max_length=MOST_PAPERS)
    phishing_answers = serializers.ListField(child=YesNo(), max_length=MOST_PAPERS)
    consent = YesNo()
    fee_method = OneOf(FeeMethod)


class DeviceIn(serializers.Serializer[Any]):
    serial = Text(max_length=40)
    vendor = Text(max_length=10, required=False, default="", help_text="같은 일련번호가 둘일 때 벤더코드")


class NothingIn(serializers.Serializer[Any]):
    pass


class FeeIn(serializers.Serializer[Any]):
    fee_method = OneOf(FeeMethod, source="method")
    transaction_no = Text(max_length=30)


class HandOverIn(serializers.Serializer[Any]):
    signed = YesNo()


class CancellationIn(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(list(CANCEL_REASONS.items()))
    opened = YesNo(required=False, default=False)


class Paperwork(APIView):
    @verb("record_paperwork", PaperworkIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Note papers, phishing answers and the customer's consent to the fee in force."""
        given = read(PaperworkIn, request)
        return told(record_paperwork(by=actor(request), case_ref=ref, once=once(request), **given), request)


class DeviceAssignment(APIView):
    @verb("assign_device", DeviceIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Set the scanned device of the own till aside for this case."""
        given = read(DeviceIn, request)
        return told(assign_device(by=actor(request), case_ref=ref, once=once(request), **given), request)


class NextDevice(APIView):
    @verb("assign_next_device", NothingIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Set the device of the own till aside that ends first."""
        read(NothingIn, request)
        return told(assign_next_device(by=actor(request), case_ref=ref, once=once(request)), request)


class Fee(APIView):
    @verb("collect_fee", FeeIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Note that the fee was taken, after approval and before the first code."""
        given = read(FeeIn, request)
        return told(collect_fee(by=actor(request), case_ref=ref, once=once(request), **given), request)


class HandOver(APIView):
    @verb("hand_over", HandOverIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Close the case: the customer has the device and signed."""
        given = read(HandOverIn, request)
        return told(hand_over(by=actor(request), case_ref=ref, once=once(request), **given), request)


class Cancellation(APIView):
    @verb("cancel_case", CancellationIn, CaseOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """End the case before registration; the device goes back and a collected fee is due for refund."""
        given = read(CancellationIn, request)
        return told(cancel_case(by=actor(request), case_ref=ref, once=once(request), **given), request)
