"""Whatever needs a second person is asked for in one place: a reissue, a lot, an unlock, a write-off."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

FILL = """
UPDATE approval SET subject = case_id, branch_id = (SELECT branch_id FROM reissue_case WHERE id = approval.case_id);
SET CONSTRAINTS ALL IMMEDIATE;
"""
KINDS = [
    ("REISSUE", "재발급 승인"),
    ("UNLOCK", "오류해제 승인"),
    ("WIDE_RESYNC", "시각 보정 승인"),
    ("SEED_IMPORT", "시드파일 등록 확인"),
    ("WRITE_OFF", "기기 폐기 확인"),
    ("STOCK_CORRECTION", "재고 정정 승인"),
    ("DAY_CLOSE", "마감 확인"),
]
PROTECT = django.db.models.deletion.PROTECT


def branch(**options):
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to="branches.branch", **options)


class Migration(migrations.Migration):
    dependencies = [("four_eyes", "0001_approval"), ("branches", "0004_approval_moves_to_the_ground")]
    operations = [
        migrations.AddField("approval", "kind", models.CharField(choices=KINDS, default="REISSUE", max_length=16, verbose_name="결재 종류")),
        migrations.AddField("approval", "subject", models.UUIDField(null=True, verbose_name="대상")),
        migrations.AddField("approval", "branch", branch(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("approval", "subject", models.UUIDField(verbose_name="대상")),
        migrations.AlterField("approval", "branch", branch()),
        migrations.AlterField("approval", "case", models.ForeignKey(null=True, on_delete=PROTECT, related_name="approvals", to="branches.reissuecase")),
        migrations.RemoveConstraint("approval", "approval_one_pending_per_case"),
        migrations.AddConstraint("approval", models.UniqueConstraint(condition=Q(("state", "PENDING")), fields=("subject",), name="approval_one_pending_per_subject", violation_error_message="이미 승인을 기다리고 있는 건입니다.")),
        migrations.AddConstraint("approval", models.CheckConstraint(condition=Q(Q(("case", F("subject")), ("kind", "REISSUE")), Q(Q(("kind", "REISSUE"), _negated=True), ("case", None)), _connector="OR"), name="approval_reissue_names_its_case")),
        migrations.AddIndex("approval", models.Index(fields=["subject"], name="approval_by_subject")),
    ]
