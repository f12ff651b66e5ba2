from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from branches.models.reissue import Reason
from devices.models import ProductKind


class FeeRule(models.Model):
    """What a reissue costs, by medium and reason, in force for a range of days; copied onto the case."""

    kind = models.CharField("매체", max_length=10, choices=ProductKind.choices)
    reason = models.CharField("재발급 사유", max_length=10, choices=Reason.choices)
    in_force = DateRangeField("적용 기간")
    won = models.PositiveIntegerField("수수료(원)")
    sentence = models.CharField("고객 안내 문장", max_length=120)

    class Meta:
        db_table = "fee_rule"
        verbose_name = "수수료 규칙"
        constraints = [
            ExclusionConstraint(
                name="fee_rules_never_overlap",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("reason", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                violation_error_message="같은 기간에 적용되는 수수료 규칙이 이미 있습니다.",
            )
        ]
