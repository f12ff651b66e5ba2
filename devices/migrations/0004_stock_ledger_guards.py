"""The ledger writes itself, nobody changes it, and one view says whether it still agrees with the devices."""

from django.db import migrations

from devices.states import SERVICE_TRANSITIONS, ServiceState
from nh_otp.machine import drop_guard_sql, edges, guard_sql

NUMBERS = """
CREATE SEQUENCE lot_number;
CREATE SEQUENCE transfer_number;
CREATE SEQUENCE count_number;
CREATE SEQUENCE service_number;
"""
NUMBERS_BACK = """
DROP SEQUENCE service_number;
DROP SEQUENCE count_number;
DROP SEQUENCE transfer_number;
DROP SEQUENCE lot_number;
"""

# The trigger acts as its owner, so no role needs the privilege to write a line.
LEDGER = """
CREATE FUNCTION stock_ledger_received() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO stock_movement (device_id, product_id, at, by, how, ref, to_place, to_branch_id, to_till_id)
  SELECT id, product_id, moved_at, moved_by, moved_how, moved_for, place, branch_id, till_id FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER stock_ledger_received AFTER INSERT ON device REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION stock_ledger_received();
ALTER TABLE device ENABLE ALWAYS TRIGGER stock_ledger_received;

CREATE FUNCTION stock_ledger_moved() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.moves <> OLD.moves + 1 THEN
    RAISE EXCEPTION 'a device changed its place without a voucher'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stock_movement_names_its_voucher';
  END IF;
  INSERT INTO stock_movement (device_id, product_id, at, by, how, ref,
    from_place, from_branch_id, from_till_id, to_place, to_branch_id, to_till_id)
  VALUES (NEW.id, NEW.product_id, NEW.moved_at, NEW.moved_by, NEW.moved_how, NEW.moved_for,
    OLD.place, OLD.branch_id, OLD.till_id, NEW.place, NEW.branch_id, NEW.till_id);
  RETURN NULL;
END $$;
CREATE TRIGGER stock_ledger_moved AFTER UPDATE ON device FOR EACH ROW
  WHEN ((OLD.place, OLD.branch_id, OLD.till_id) IS DISTINCT FROM (NEW.place, NEW.branch_id, NEW.till_id))
  EXECUTE FUNCTION stock_ledger_moved();
ALTER TABLE device ENABLE ALWAYS TRIGGER stock_ledger_moved;
"""
LEDGER_BACK = """
DROP TRIGGER stock_ledger_moved ON device;
DROP FUNCTION stock_ledger_moved();
DROP TRIGGER stock_ledger_received ON device;
DROP FUNCTION stock_ledger_received();
"""

OPENING = """
INSERT INTO stock_movement (device_id, product_id, at, by, how, ref, to_place, to_branch_id, to_till_id)
SELECT id, product_id, moved_at, moved_by, moved_how, moved_for, place, branch_id, till_id FROM device;
"""

APPEND_ONLY = """
CREATE FUNCTION stock_movement_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the stock ledger is append-only'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'stock_movement_append_only';
END $$;
CREATE TRIGGER stock_movement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_movement
  FOR EACH STATEMENT EXECUTE FUNCTION stock_movement_append_only();
ALTER TABLE stock_movement ENABLE ALWAYS TRIGGER stock_movement_append_only;
"""
APPEND_ONLY_BACK = """
DROP TRIGGER stock_movement_append_only ON stock_movement;
DROP FUNCTION stock_movement_append_only();
"""

IMBALANCE = """
CREATE VIEW stock_imbalance AS
WITH told AS (
  SELECT place, branch_id, till_id, product_id, sum(pieces) AS pieces FROM (
    SELECT to_place AS place, to_branch_id AS branch_id, to_till_id AS till_id, product_id, 1 AS pieces
    FROM stock_movement
    UNION ALL
    SELECT from_place, from_branch_id, from_till_id, product_id, -1 FROM stock_movement WHERE from_place IS NOT NULL
  ) lines GROUP BY place, branch_id, till_id, product_id
), found AS (
  SELECT place, branch_id, till_id, product_id, count(*) AS pieces FROM device
  GROUP BY place, branch_id, till_id, product_id
), both_sides AS (
  SELECT place, branch_id, till_id, product_id, sum(told) AS told, sum(found) AS found FROM (
    SELECT place, branch_id, till_id, product_id, pieces AS told, 0 AS found FROM told
    UNION ALL
    SELECT place, branch_id, till_id, product_id, 0, pieces FROM found
  ) sides GROUP BY place, branch_id, till_id, product_id
)
SELECT place, branch_id, till_id, product_id, told, found FROM both_sides WHERE told <> found;
"""
IMBALANCE_BACK = "DROP VIEW stock_imbalance;"


class Migration(migrations.Migration):
    dependencies = [("devices", "0003_stock_ledger")]
    operations = [
        migrations.RunSQL(NUMBERS, NUMBERS_BACK),
        migrations.RunSQL(LEDGER, LEDGER_BACK),
        migrations.RunSQL(OPENING, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(IMBALANCE, IMBALANCE_BACK),
        migrations.RunSQL(
            guard_sql("device_service", edges(SERVICE_TRANSITIONS), [ServiceState.OPEN]),
            drop_guard_sql("device_service"),
        ),
    ]
