"""What the OTP verifier counts. The application may read drift and tries, and write nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from nh_otp.policy import POLICY

MOST_SETS = 2
"""The first set of tries, and one more that a supervisor may grant; product.md 7."""


class Counter(models.Model):
    """Where a device stands: the last accepted time step only ever grows."""

    device = models.OneToOneField("devices.Device", models.PROTECT, primary_key=True, related_name="+")
    last_step = models.BigIntegerField("마지막 시간 칸", default=0)
    correction = models.SmallIntegerField("보정한 시각 차이(칸)", default=0)
    """Set by two codes in a row only; `drift` is what single codes have taught since."""
    drift = models.SmallIntegerField("시각 차이(칸)", default=0)
    failures = models.PositiveSmallIntegerField("연속 오류", default=0)

    class Meta:
        db_table = "code_counter"
        verbose_name = "번호 계수"
        constraints = [
            models.CheckConstraint(
                name="code_counter_drift_capped",
                condition=Q(drift__gte=-POLICY.drift_cap_steps, drift__lte=POLICY.drift_cap_steps),
            ),
            models.CheckConstraint(
                name="code_counter_correction_capped",
                condition=Q(correction__gte=-POLICY.first_use_steps, correction__lte=POLICY.first_use_steps),
            ),
            models.CheckConstraint(
                name="code_counter_failures_capped", condition=Q(failures__lte=POLICY.consecutive_tries)
            ),
        ]


class DeskTries(models.Model):
    """Tries of one device in one case or service: claimed before they are evaluated, never more than granted."""

    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="+")
    case = models.ForeignKey("branches.ReissueCase", models.PROTECT, related_name="+", null=True)
    service = models.ForeignKey("devices.DeviceService", models.PROTECT, related_name="+", null=True)
    subject = models.GeneratedField(
        expression=Coalesce("case", "service"), output_field=models.UUIDField(), db_persist=True
    )
    claimed = models.PositiveSmallIntegerField("사용한 시도", default=0)
    granted = models.PositiveSmallIntegerField("허용한 시도", default=POLICY.desk_tries)

    class Meta:
        db_table = "desk_tries"
        verbose_name = "창구 시도"
        constraints = [
            models.UniqueConstraint(fields=["device", "subject"], name="desk_tries_per_device_and_subject"),
            models.CheckConstraint(name="desk_tries_of_one_subject", condition=Q(case=None) ^ Q(service=None)),
            models.CheckConstraint(name="desk_tries_within_grant", condition=Q(claimed__lte=F("granted"))),
            models.CheckConstraint(
                name="desk_tries_granted_once_more", condition=Q(granted__lte=MOST_SETS * POLICY.desk_tries)
            ),
        ]
