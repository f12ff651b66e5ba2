"""What the database itself refuses about devices and codes."""

from django.db import migrations

from devices.states import BIRTHS, TRANSITIONS
from nh_otp.machine import drop_guard_sql, edges, guard_sql

STEPS = """
CREATE FUNCTION code_counter_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_step < OLD.last_step THEN
    RAISE EXCEPTION 'an accepted step never goes back'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'code_counter_forward';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER code_counter_forward BEFORE UPDATE OF last_step ON code_counter
  FOR EACH ROW EXECUTE FUNCTION code_counter_forward();
ALTER TABLE code_counter ENABLE ALWAYS TRIGGER code_counter_forward;
"""
STEPS_BACK = "DROP TRIGGER code_counter_forward ON code_counter; DROP FUNCTION code_counter_forward();"

NEVER_DELETED = """
CREATE FUNCTION device_never_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'devices are never deleted'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'device_never_deleted';
END $$;
CREATE TRIGGER device_never_deleted BEFORE DELETE OR TRUNCATE ON device
  FOR EACH STATEMENT EXECUTE FUNCTION device_never_deleted();
ALTER TABLE device ENABLE ALWAYS TRIGGER device_never_deleted;
"""
NEVER_DELETED_BACK = "DROP TRIGGER device_never_deleted ON device; DROP FUNCTION device_never_deleted();"


class Migration(migrations.Migration):
    dependencies = [("devices", "0001_things")]
    operations = [
        migrations.RunSQL(guard_sql("device", edges(TRANSITIONS), BIRTHS), drop_guard_sql("device")),
        migrations.RunSQL(STEPS, STEPS_BACK),
        migrations.RunSQL(NEVER_DELETED, NEVER_DELETED_BACK),
    ]
