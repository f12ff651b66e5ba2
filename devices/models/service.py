from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from devices.states import SERVICE_OPEN, SERVICE_TRANSITIONS, ServiceKind, ServiceState
from nh_otp.access import Actor, Role
from nh_otp.errors import NotFound
from nh_otp.machine import Moving


class ServiceQuerySet(models.QuerySet["DeviceService"]):
    def visible_to(self, actor: Actor) -> ServiceQuerySet:
        """Services of the actor's own branch; the clock works for all of them."""
        return self.all() if actor.role is Role.SYSTEM else self.filter(branch=actor.branch_pk)

    def get_visible(self, ref: uuid.UUID, *, by: Actor) -> DeviceService:
        """One service this person may see. Raises NotFound."""
        service = self.visible_to(by).filter(id=ref).first()
        if service is None:
            raise NotFound()
        return service

    def lock(self, ref: uuid.UUID, *, by: Actor) -> DeviceService:
        """One service this person may see, locked till the end of the transaction. Raises NotFound."""
        return self.select_for_update(of=("self",), no_key=True).get_visible(ref, by=by)


class DeviceService(Moving):
    """Something done for a device in its customer's hand: an error lock undone, its clock corrected (product.md 8)."""

    transitions = SERVICE_TRANSITIONS

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("기기 업무 번호", max_length=20, unique=True)
    kind = models.CharField("업무", max_length=10, choices=ServiceKind.choices)
    state = models.CharField("상태", max_length=17, choices=ServiceState.choices, default=ServiceState.OPEN)
    branch = models.ForeignKey("branches.Branch", models.PROTECT, related_name="+")
    owner = models.ForeignKey("branches.Staff", models.PROTECT, related_name="+", verbose_name="담당")
    customer = models.ForeignKey("branches.Customer", models.PROTECT, related_name="services")
    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="services")
    identity = models.ForeignKey("branches.IdentityCheck", models.PROTECT, related_name="+", null=True)
    verification = models.ForeignKey("devices.CodeCheck", models.PROTECT, related_name="+", null=True)
    shift_seconds = models.IntegerField("시각 차이(초)", null=True)
    opened_at = models.DateTimeField("시작 시각")
    ended_at = models.DateTimeField("종료 시각", null=True)
    end_reason = models.CharField("종료 사유", max_length=40, default="", blank=True)

    objects = models.Manager.from_queryset(ServiceQuerySet)()

    class Meta:
        db_table = "device_service"
        verbose_name = "기기 업무"
        constraints = [
            models.UniqueConstraint(
                fields=["device"],
                name="device_service_one_open",
                condition=Q(state__in=SERVICE_OPEN),
                violation_error_message="이 기기에 진행 중인 업무가 있습니다. 그 업무를 먼저 마쳐 주십시오.",
            ),
            models.CheckConstraint(
                name="device_service_decided_is_proven",
                condition=Q(state__in=[ServiceState.OPEN, ServiceState.REFUSED, ServiceState.CANCELLED])
                | Q(identity__isnull=False, verification__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="device_service_by_customer")]

    @property
    def ref(self) -> str:
        return str(self.id)
