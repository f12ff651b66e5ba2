"""Identity checks (본인확인)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from branches.api.shapes import IdentityOut
from branches.errands.identity import check_identity
from branches.models import DocumentKind
from branches.queries.records import identity_record
from nh_otp.doors.api import OneOf, Text, YesNo, actor, once, read
from nh_otp.doors.schema import verb

TAIL = RegexValidator(r"^[0-9A-Za-z-]*\Z", "숫자와 로마자만 보낼 수 있습니다.")


class IdentityIn(serializers.Serializer[Any]):
    """What the document says, as the teller reads it."""

    document = OneOf(DocumentKind)
    name = Text(max_length=80)
    birth_on = serializers.DateField()
    photo_matched = YesNo()
    issued_on = serializers.DateField(required=False, allow_null=True, default=None)
    number_tail = Text(required=False, default="", allow_blank=True, max_length=16, validators=[TAIL])


class IdentityCheckView(APIView):
    @verb("check_identity", IdentityIn, IdentityOut)
    def post(self, request: Request, ref: UUID) -> Response:
        """Match what was typed with the record and ask the issuer; every result is an answer, also NOT_MATCHED."""
        check = check_identity(by=actor(request), case_ref=ref, once=once(request), **read(IdentityIn, request))
        return Response(IdentityOut(identity_record(check)).data)
