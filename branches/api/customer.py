"""Finding people and looking at one; both are on record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.shapes import CaseLineOut, DeviceOut, LossReportOut
from branches.commands.customer import find_customer, look_at_customer
from branches.queries.records import customer_record, match_records
from branches.queries.search import facts_in
from nh_otp.doors.api import Text, actor, once, read
from nh_otp.doors.schema import look, verb


class SearchIn(serializers.Serializer[Any]):
    text = Text(max_length=80, help_text="이름 또는 초성, 생년월일, 휴대폰 번호, 계좌번호 가운데 두 가지 이상")


class MatchOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    name = serializers.CharField()
    birth_year = serializers.IntegerField()
    gender = serializers.CharField()
    branch = serializers.CharField()


class SearchOut(serializers.Serializer[Any]):
    customers = MatchOut(many=True)


class CustomerOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    number = serializers.CharField()
    name = serializers.CharField()
    birth = serializers.CharField()
    gender = serializers.CharField()
    phone = serializers.CharField()
    account = serializers.CharField()
    branch = serializers.CharField()
    devices = DeviceOut(many=True)
    loss_reports = LossReportOut(many=True)
    cases = CaseLineOut(many=True)


class CustomerSearch(APIView):
    @verb("find_customer", SearchIn, SearchOut)
    def post(self, request: Request) -> Response:
        """Find the few customers whom two independent facts fit; a POST, so that no fact stands in an address."""
        once(request)
        words = read(SearchIn, request)["text"].replace(",", " ").split()
        found = find_customer(by=actor(request), facts=facts_in(words, on=timezone.localdate()))
        return Response(SearchOut({"customers": match_records(found)}).data)


class CustomerView(APIView):
    @look("look_at_customer", CustomerOut)
    def get(self, request: Request, ref: UUID) -> Response:
        """One customer, masked; looking is on record."""
        look_at_customer(by=actor(request), customer_ref=ref)
        return Response(CustomerOut(customer_record(ref, by=actor(request))).data)
