"""What the database itself refuses, and where public numbers come from."""

from django.db import migrations

from branches.states import APPROVAL_TRANSITIONS, BIRTHS, TRANSITIONS, ApprovalState
from nh_otp.machine import drop_guard_sql, edges, guard_sql

NUMBERS = """
CREATE SEQUENCE loss_number;
CREATE SEQUENCE reissue_number;
CREATE TABLE cache_entry (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
CREATE INDEX cache_entry_expires ON cache_entry (expires);
"""
NUMBERS_BACK = "DROP TABLE cache_entry; DROP SEQUENCE reissue_number; DROP SEQUENCE loss_number;"

PERSONS = """
ALTER TABLE approval
  ADD CONSTRAINT approval_maker_is_that_person FOREIGN KEY (maker_id, maker_person)
    REFERENCES staff (id, person_no),
  ADD CONSTRAINT approval_decider_is_that_person FOREIGN KEY (decider_id, decider_person)
    REFERENCES staff (id, person_no);
"""
PERSONS_BACK = """
ALTER TABLE approval DROP CONSTRAINT approval_decider_is_that_person, DROP CONSTRAINT approval_maker_is_that_person;
"""

RECEIVED = """
CREATE FUNCTION loss_report_received() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.received_at := clock_timestamp();
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a loss report is never changed'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'loss_report_unchangeable';
END $$;
CREATE TRIGGER loss_report_received BEFORE INSERT OR UPDATE OR DELETE ON loss_report
  FOR EACH ROW EXECUTE FUNCTION loss_report_received();
ALTER TABLE loss_report ENABLE ALWAYS TRIGGER loss_report_received;
"""
RECEIVED_BACK = "DROP TRIGGER loss_report_received ON loss_report; DROP FUNCTION loss_report_received();"


class Migration(migrations.Migration):
    dependencies = [("branches", "0002_cases_and_devices")]
    operations = [
        migrations.RunSQL(NUMBERS, NUMBERS_BACK),
        migrations.RunSQL(PERSONS, PERSONS_BACK),
        migrations.RunSQL(RECEIVED, RECEIVED_BACK),
        migrations.RunSQL(guard_sql("reissue_case", edges(TRANSITIONS), BIRTHS), drop_guard_sql("reissue_case")),
        migrations.RunSQL(
            guard_sql("approval", edges(APPROVAL_TRANSITIONS), [ApprovalState.PENDING]), drop_guard_sql("approval")
        ),
    ]
