"""An identity check may belong to a device service, and what the database itself refuses about services."""

import django.db.models.deletion
from django.db import migrations, models

DECIDED = """
CREATE FUNCTION device_service_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'DONE' AND OLD.state = 'OPEN' AND NEW.kind = 'UNLOCK'
    OR NEW.state = 'APPROVED' AND OLD.state <> 'APPROVED' AND NOT EXISTS (
      SELECT FROM approval WHERE subject = NEW.id AND state = 'APPROVED'
        AND kind = CASE NEW.kind WHEN 'UNLOCK' THEN 'UNLOCK' ELSE 'WIDE_RESYNC' END)
  THEN
    RAISE EXCEPTION 'a service nobody decided'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'device_service_decided_state_guard';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER device_service_decided BEFORE UPDATE OF state ON device_service
  FOR EACH ROW EXECUTE FUNCTION device_service_decided();
ALTER TABLE device_service ENABLE ALWAYS TRIGGER device_service_decided;
"""
DECIDED_BACK = "DROP TRIGGER device_service_decided ON device_service; DROP FUNCTION device_service_decided();"

UNLOCKED = """
CREATE FUNCTION device_unlock_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM device_service WHERE device_id = NEW.id AND kind = 'UNLOCK' AND state = 'APPROVED')
  THEN
    RAISE EXCEPTION 'an error lock nobody decided to undo'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'device_unlock_decided_state_guard';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER device_unlock_decided BEFORE UPDATE OF state ON device
  FOR EACH ROW WHEN (OLD.state = 'LOCKED' AND NEW.state = 'IN_USE') EXECUTE FUNCTION device_unlock_decided();
ALTER TABLE device ENABLE ALWAYS TRIGGER device_unlock_decided;
"""
UNLOCKED_BACK = "DROP TRIGGER device_unlock_decided ON device; DROP FUNCTION device_unlock_decided();"


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0004_approval_moves_to_the_ground"),
        ("devices", "0007_centre_resets"),
        ("four_eyes", "0002_any_subject"),
    ]
    operations = [
        migrations.AlterField(
            "identitycheck",
            "case",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identity_checks",
                to="branches.reissuecase",
            ),
        ),
        migrations.AddField(
            "identitycheck",
            "service",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="identity_checks",
                to="devices.deviceservice",
            ),
        ),
        migrations.AddConstraint(
            "identitycheck",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("service", None)),
                    models.Q(("case", None), ("service__isnull", False)),
                    _connector="OR",
                ),
                name="identity_of_one_matter",
            ),
        ),
        migrations.AlterField(
            "notice",
            "template",
            models.CharField(
                choices=[
                    ("LOSS_RECEIVED", "사고신고 접수 안내"),
                    ("REISSUED", "재발급 완료 안내"),
                    ("UNLOCKED", "오류해제 안내"),
                ],
                max_length=15,
                verbose_name="문구",
            ),
        ),
        migrations.RunSQL(DECIDED, DECIDED_BACK),
        migrations.RunSQL(UNLOCKED, UNLOCKED_BACK),
    ]
