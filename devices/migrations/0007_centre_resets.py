"""The centre is told that an error lock was undone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("devices", "0006_codes")]
    operations = [
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
