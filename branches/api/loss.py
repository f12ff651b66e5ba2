"""Loss reports (사고신고)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.shapes import LossReportOut
from branches.commands.loss import report_loss
from branches.models import LossKind, Reporter
from branches.queries.records import loss_record
from nh_otp.doors.api import Moment, OneOf, Text, actor, once, read
from nh_otp.doors.schema import look, verb

MOST_DEVICES = 20


class LossReportIn(serializers.Serializer[Any]):
    customer_ref = serializers.UUIDField()
    devices = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_DEVICES)
    kind = OneOf(LossKind)
    reporter = OneOf(Reporter, default=Reporter.SELF)
    claimed_at = Moment(required=False, allow_null=True, default=None)
    place = Text(required=False, allow_blank=True, default="", max_length=60)


class LossReports(APIView):
    @verb("report_loss", LossReportIn, LossReportOut, status=201)
    def post(self, request: Request) -> Response:
        """Stop the reported devices at once; nobody has to approve."""
        by = actor(request)
        report = report_loss(by=by, once=once(request), **read(LossReportIn, request))
        return Response(LossReportOut(loss_record(report.pk, by=by)).data, status=201)


class LossReportView(APIView):
    @look("get_loss_report", LossReportOut)
    def get(self, request: Request, ref: UUID) -> Response:
        """One report about a customer of the own entity."""
        return Response(LossReportOut(loss_record(ref, by=actor(request))).data)
