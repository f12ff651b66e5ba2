"""Device services: 오류해제 and 시각 보정 for a device in its customer's hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.approval import ApprovalIn, NothingIn, ReasonIn
from branches.api.identity import IdentityIn
from branches.api.shapes import IdentityOut, ServiceOut
from branches.commands.customer import look_at_customer
from branches.commands.service import cancel_service, open_service
from branches.commands.service_decision import refuse_service, return_service, submit_service
from branches.errands.identity import check_identity
from branches.errands.service import approve, check_codes, finish
from branches.queries.choices import SERVICE_CANCEL_REASONS
from branches.queries.records import identity_record
from branches.queries.service_code import answer_of
from branches.queries.service_records import service_record
from devices.models import DeviceService, ServiceKind
from nh_otp.doors.api import OneOf, Text, actor, once, read
from nh_otp.doors.schema import look, verb


class OpenServiceIn(serializers.Serializer[Any]):
    customer_ref = serializers.UUIDField()
    device = serializers.UUIDField()
    kind = OneOf(ServiceKind)


class CodesIn(serializers.Serializer[Any]):
    first = Text(max_length=8, trim_whitespace=False)
    second = Text(
        max_length=8,
        trim_whitespace=False,
        required=False,
        allow_blank=True,
        default="",
        help_text="이어지는 다음 번호",
    )


class CodesOut(serializers.Serializer[Any]):
    outcome = serializers.CharField(help_text="MATCH와 NEEDS_DECISION은 번호가 맞은 것입니다.")
    message = serializers.CharField()
    tries_left = serializers.IntegerField()
    service = ServiceOut()


class ServiceCancellationIn(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(list(SERVICE_CANCEL_REASONS.items()))


def told(service: DeviceService, request: Request, *, status: int = 200) -> Response:
    """A service as it is after a verb."""
    return Response(ServiceOut(service_record(service.pk, by=actor(request))).data, status=status)


class Services(APIView):
    @verb("open_service", OpenServiceIn, ServiceOut, status=201)
    def post(self, request: Request) -> Response:
        """Begin an unlock or a time correction for a device its customer brought."""
        service = open_service(by=actor(request), once=once(request), **read(OpenServiceIn, request))
        return told(service, request, status=201)


class ServiceView(APIView):
    @look("get_service", ServiceOut)
    def get(self, request: Request, ref: UUID) -> Response:
        """One service of the own branch; looking at its customer is on record."""
        service = service_record(ref, by=actor(request))
        look_at_customer(by=actor(request), customer_ref=service.customer, service_ref=ref)
        return Response(ServiceOut(service).data)


class IdentityCheckView(APIView):
    @verb("check_service_identity", IdentityIn, IdentityOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Match what was typed with the record and ask the issuer; every result is an answer, also NOT_MATCHED."""
        check = check_identity(by=actor(request), service_ref=ref, once=once(request), **read(IdentityIn, request))
        return Response(IdentityOut(identity_record(check)).data)


class Codes(APIView):
    @verb("check_service_codes", CodesIn, CodesOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Check the device's codes; WRONG, REUSED and DRIFTED are answers, not errors."""
        given = read(CodesIn, request)
        proof = check_codes(by=actor(request), service_ref=ref, once=once(request), **given)
        said = {
            "outcome": proof.verdict.outcome.value,
            "message": answer_of(proof.verdict, pair=bool(given["second"])),
            "tries_left": proof.verdict.tries_left,
            "service": service_record(ref, by=actor(request)),
        }
        return Response(CodesOut(said).data)


class Submission(APIView):
    @verb("submit_service", NothingIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Ask for a decision once the customer and the device are proven."""
        given = read(NothingIn, request)
        return told(submit_service(by=actor(request), service_ref=ref, once=once(request), **given), request)


class Approve(APIView):
    @verb("approve_service", ApprovalIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Approve exactly what was shown and have it done; needs a fresh second factor."""
        given = read(ApprovalIn, request)
        return told(approve(by=actor(request), service_ref=ref, once=once(request), **given), request)


class Return(APIView):
    @verb("return_service", ReasonIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Send a request back to its maker (반려)."""
        given = read(ReasonIn, request)
        return told(return_service(by=actor(request), service_ref=ref, once=once(request), **given), request)


class Refuse(APIView):
    @verb("refuse_service", ReasonIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Refuse a request for good (승인거절)."""
        given = read(ReasonIn, request)
        return told(refuse_service(by=actor(request), service_ref=ref, once=once(request), **given), request)


class Completion(APIView):
    @verb("finish_service", NothingIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Have the verifier act on the decision once more, after it did not answer; safe to repeat."""
        once(request)
        given = read(NothingIn, request)
        return told(finish(by=actor(request), service_ref=ref, **given), request)


class Cancellation(APIView):
    @verb("cancel_service", ServiceCancellationIn, ServiceOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """End a service undone; a request that waits goes with it."""
        given = read(ServiceCancellationIn, request)
        return told(cancel_service(by=actor(request), service_ref=ref, once=once(request), **given), request)
