"""What programs are told, as shapes; every value is masked before it arrives here."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class DeviceOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    kind = serializers.CharField()
    serial = serializers.CharField(help_text="끝 네 자리")
    state = serializers.CharField()
    valid_until = serializers.DateField()


class LossReportOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    number = serializers.CharField()
    customer = serializers.UUIDField()
    kind = serializers.CharField()
    channel = serializers.CharField()
    reporter = serializers.CharField()
    received_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)
    devices = DeviceOut(many=True)


class IdentityOut(serializers.Serializer[Any]):
    document = serializers.CharField()
    result = serializers.CharField()
    name_matched = serializers.BooleanField()
    birth_matched = serializers.BooleanField()
    photo_matched = serializers.BooleanField()
    transaction_id = serializers.CharField()
    checked_at = serializers.DateTimeField()


class RequestOut(serializers.Serializer[Any]):
    state = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField())
    maker = serializers.CharField()
    requested_at = serializers.DateTimeField()
    lapses_at = serializers.DateTimeField()
    decider = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class FeeOut(serializers.Serializer[Any]):
    won = serializers.IntegerField()
    sentence = serializers.CharField()
    state = serializers.CharField()
    method = serializers.CharField()


class CaseLineOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()
    kind = serializers.CharField()
    customer_name = serializers.CharField()
    owner = serializers.CharField()
    opened_at = serializers.DateTimeField()


class CaseOut(CaseLineOut):
    channel = serializers.CharField()
    customer = serializers.UUIDField()
    old_device = DeviceOut(allow_null=True)
    new_device = DeviceOut(allow_null=True)
    loss_report = serializers.UUIDField(allow_null=True)
    identity = IdentityOut(allow_null=True)
    documents = serializers.ListField(child=serializers.CharField())
    fee = FeeOut()
    request = RequestOut(allow_null=True)
    end_reason = serializers.CharField()
    assigned_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    registered_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class ServiceOut(serializers.Serializer[Any]):
    ref = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    customer = serializers.UUIDField()
    customer_name = serializers.CharField()
    owner = serializers.CharField()
    device = DeviceOut()
    identity = IdentityOut(allow_null=True)
    proven = serializers.BooleanField(help_text="기기의 번호가 맞았는지")
    shift_seconds = serializers.IntegerField(allow_null=True, help_text="기기 시각이 빠르면 양수")
    request = RequestOut(allow_null=True)
    end_reason = serializers.CharField()
    opened_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


REFUSALS = (400, 401, 403, 404, 409, 422, 503)
