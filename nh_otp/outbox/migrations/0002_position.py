"""The order messages were committed in, made by the database and never named by the application."""

from django.db import migrations

POSITION = """
ALTER TABLE outbox_message ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX outbox_in_order ON outbox_message (urgent DESC, position) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_lane_in_order ON outbox_message (lane, position) WHERE done_at IS NULL;
"""
BACK = "DROP INDEX outbox_lane_in_order; DROP INDEX outbox_in_order; ALTER TABLE outbox_message DROP COLUMN position;"


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_outbox_message")]
    operations = [migrations.RunSQL(POSITION, BACK)]
