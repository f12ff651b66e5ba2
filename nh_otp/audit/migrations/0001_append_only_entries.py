"""Entries are written once; the database makes their time and refuses every change, to every role."""

import uuid

from django.db import migrations, models

COLUMNS = """
ALTER TABLE audit_entry
  ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD COLUMN txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  ADD COLUMN action text GENERATED ALWAYS AS ((entry::jsonb) ->> 'action') STORED NOT NULL,
  ADD COLUMN outcome text GENERATED ALWAYS AS ((entry::jsonb) ->> 'outcome') STORED NOT NULL,
  ADD COLUMN staff_no text GENERATED ALWAYS AS ((entry::jsonb) ->> 'staff_no') STORED NOT NULL,
  ADD COLUMN branch text GENERATED ALWAYS AS ((entry::jsonb) ->> 'branch') STORED NOT NULL,
  ADD COLUMN subjects jsonb GENERATED ALWAYS AS ((entry::jsonb) -> 'subjects') STORED NOT NULL,
  ADD CONSTRAINT audit_entry_says_who_and_what CHECK (action <> '' AND outcome IN ('DONE', 'REFUSED') AND staff_no <> '');
CREATE INDEX audit_entry_by_time ON audit_entry (at DESC, id);
CREATE INDEX audit_entry_by_action ON audit_entry (action, at DESC);
CREATE INDEX audit_entry_by_staff ON audit_entry (staff_no, at DESC);
CREATE INDEX audit_entry_by_subject ON audit_entry USING gin (subjects jsonb_path_ops);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append-only'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'audit_entry_append_only';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_append_only;

CREATE VIEW audit_view AS
  SELECT id, at, action, outcome, (entry::jsonb) ->> 'code' AS code, staff_no, (entry::jsonb) ->> 'role' AS role,
         branch, (entry::jsonb) ->> 'terminal' AS terminal, subjects, (entry::jsonb) -> 'facts' AS facts, entry
  FROM audit_entry;
"""

BACK = """
DROP VIEW audit_view;
DROP TRIGGER audit_entry_append_only ON audit_entry;
DROP FUNCTION audit_refuse_change();
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_says_who_and_what, DROP COLUMN subjects, DROP COLUMN branch,
  DROP COLUMN staff_no, DROP COLUMN outcome, DROP COLUMN action, DROP COLUMN txid, DROP COLUMN at;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("entry", models.TextField(verbose_name="기록")),
            ],
            options={"db_table": "audit_entry", "verbose_name": "감사기록"},
        ),
        migrations.RunSQL(COLUMNS, BACK),
    ]
