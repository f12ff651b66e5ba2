"""The request for approval is no longer a model of this app; its table stays (nh_otp/four_eyes)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_guards_and_numbers"), ("four_eyes", "0001_approval")]
    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Approval")])]
