"""The centre is told that an error lock was undone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0004_stock_ledger_guards")]
    operations = [
        migrations.AlterField(
            "codecheck",
            "case",
            models.ForeignKey(
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="+",
                to="branches.reissuecase",
            ),
        ),
        migrations.AddField("codecheck", "subject", models.UUIDField(null=True, verbose_name="대상")),
        migrations.AlterField(
            "centrereceipt",
            "verb",
            models.CharField(
                choices=[
                    ("REGISTER", "센터 등록"),
                    ("SUSPEND", "센터 정지"),
                    ("RETIRE", "센터 해지"),
                    ("RESET_ERRORS", "센터 오류해제"),
                ],
                max_length=12,
                verbose_name="내용",
            ),
        ),
    ]
