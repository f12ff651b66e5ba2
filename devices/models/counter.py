"""What the OTP verifier counts. The application may read drift and tries, and write nothing."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from nh_otp.policy import POLICY


class Counter(models.Model):
    """Where a device stands: the last accepted time step only ever grows."""

    device = models.OneToOneField("devices.Device", models.PROTECT, primary_key=True, related_name="+")
    last_step = models.BigIntegerField("마지막 시간 칸", default=0)
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
                name="code_counter_failures_capped", condition=Q(failures__lte=POLICY.consecutive_tries)
            ),
        ]


class DeskTries(models.Model):
    """Tries of one device in one case at the desk: claimed before they are evaluated, never more than granted."""

    device = models.ForeignKey("devices.Device", models.PROTECT, related_name="+")
    case = models.ForeignKey("branches.ReissueCase", models.PROTECT, related_name="+")
    claimed = models.PositiveSmallIntegerField("사용한 시도", default=0)
    granted = models.PositiveSmallIntegerField("허용한 시도", default=POLICY.desk_tries)

    class Meta:
        db_table = "desk_tries"
        verbose_name = "창구 시도"
        constraints = [
            models.UniqueConstraint(fields=["device", "case"], name="desk_tries_per_device_and_case"),
            models.CheckConstraint(name="desk_tries_within_grant", condition=Q(claimed__lte=F("granted"))),
        ]
