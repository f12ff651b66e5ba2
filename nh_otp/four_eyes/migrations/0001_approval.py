"""The request for approval moves from `branches` to the ground, as it is; the table stays where it was."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

DECIDED = ("APPROVED", "RETURNED", "REFUSED")
PROTECT = django.db.models.deletion.PROTECT


def staff(name, **options):
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name=name, **options)


class Migration(migrations.Migration):
    initial = True
    dependencies = [("branches", "0003_guards_and_numbers")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ("state", models.CharField(choices=[("PENDING", "결재 대기"), ("APPROVED", "결재 승인"), ("RETURNED", "반려"), ("REFUSED", "결재 거절"), ("WITHDRAWN", "요청 철회"), ("LAPSED", "요청 기한경과")], default="PENDING", max_length=9, verbose_name="상태")),
                        ("digest", models.CharField(max_length=64, verbose_name="본 내용의 해시값")),
                        ("flags", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None, verbose_name="확인 사항")),
                        ("maker_person", models.CharField(max_length=12, verbose_name="요청자 인사번호")),
                        ("requested_at", models.DateTimeField(verbose_name="요청 시각")),
                        ("lapses_at", models.DateTimeField(verbose_name="요청 기한")),
                        ("called_at", models.DateTimeField(null=True, verbose_name="책임자 호출 시각")),
                        ("decider_person", models.CharField(max_length=12, null=True, verbose_name="결정자 인사번호")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="결정 시각")),
                        ("reason", models.CharField(blank=True, default="", max_length=20, verbose_name="사유")),
                        ("case", models.ForeignKey(on_delete=PROTECT, related_name="approvals", to="branches.reissuecase")),
                        ("maker", staff("요청자")),
                        ("decider", staff("결정자", null=True)),
                    ],
                    options={
                        "verbose_name": "승인 요청",
                        "db_table": "approval",
                        "indexes": [models.Index(condition=Q(("state", "PENDING")), fields=["requested_at"], name="approval_pending")],
                        "constraints": [
                            models.CheckConstraint(condition=Q(("decider_person", None), Q(("decider_person", F("maker_person")), _negated=True), _connector="OR"), name="approval_four_eyes", violation_error_message="본인이 접수한 건은 승인할 수 없습니다. 다른 책임자에게 요청해 주십시오."),
                            models.CheckConstraint(condition=Q(Q(("decided_at__isnull", False), ("decider__isnull", False), ("decider_person__isnull", False), ("state__in", DECIDED)), Q(Q(("state__in", DECIDED), _negated=True), ("decider", None), ("decider_person", None)), _connector="OR"), name="approval_decided_by_someone"),
                            models.CheckConstraint(condition=Q(Q(("state__in", ["RETURNED", "REFUSED"]), _negated=True), Q(("reason", ""), _negated=True), _connector="OR"), name="approval_no_without_reason", violation_error_message="사유를 골라 주십시오."),
                            models.UniqueConstraint(condition=Q(("state", "PENDING")), fields=("case",), name="approval_one_pending_per_case", violation_error_message="이미 승인을 기다리고 있는 건입니다."),
                        ],
                    },
                ),
            ],
        ),
    ]
