"""Destruction with two witnesses, numbers of vouchers, and rules about devices that came back."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NUMBERS = """
CREATE SEQUENCE stock_number;
CREATE SEQUENCE write_off_number;
"""
NUMBERS_BACK = """
DROP SEQUENCE write_off_number;
DROP SEQUENCE stock_number;
"""

# Whatever role or statement tries: a device is destroyed only on a list that a second person has confirmed.
TWO_WITNESSES = """
CREATE FUNCTION device_destroyed_by_two() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM write_off JOIN write_off_line ON write_off_line.write_off_id = write_off.id
    JOIN approval ON approval.subject = write_off.id
    WHERE write_off_line.device_id = NEW.id AND write_off.number = NEW.moved_for
      AND approval.kind = 'WRITE_OFF' AND approval.state = 'APPROVED'
  ) THEN
    RAISE EXCEPTION 'a device is destroyed by two witnesses'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'device_destroyed_by_two';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER device_destroyed_by_two AFTER UPDATE OF state ON device FOR EACH ROW
  WHEN (NEW.state = 'DESTROYED' AND OLD.state <> NEW.state) EXECUTE FUNCTION device_destroyed_by_two();
ALTER TABLE device ENABLE ALWAYS TRIGGER device_destroyed_by_two;
"""
TWO_WITNESSES_BACK = """
DROP TRIGGER device_destroyed_by_two ON device;
DROP FUNCTION device_destroyed_by_two();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0004_approval_moves_to_the_ground'),
        ('devices', '0007_centre_resets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='폐기 번호')),
                ('method', models.CharField(choices=[('SHREDDED', '파쇄'), ('CONTRACTOR', '폐기업체 인계')], max_length=10, verbose_name='폐기 방법')),
                ('asked_at', models.DateTimeField(verbose_name='요청 시각')),
            ],
            options={
                'verbose_name': '폐기',
                'db_table': 'write_off',
            },
        ),
        migrations.CreateModel(
            name='WriteOffLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': '폐기 목록',
                'db_table': 'write_off_line',
            },
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(('returned_at', None), ('state__in', ['RETIRED', 'DESTROYED']), _connector='OR'), name='device_returned_after_its_end'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'DESTROYED'), _negated=True), ('retired_at', None), ('returned_at__isnull', False), _connector='OR'), name='device_destroyed_in_hand', violation_error_message='고객님께 회수하지 않은 기기는 폐기할 수 없습니다.'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='branch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch'),
        ),
        migrations.AddField(
            model_name='writeoff',
            name='witness',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='입회자'),
        ),
        migrations.AddField(
            model_name='writeoffline',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_off_lines', to='devices.device'),
        ),
        migrations.AddField(
            model_name='writeoffline',
            name='write_off',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='devices.writeoff'),
        ),
        migrations.AddIndex(
            model_name='writeoff',
            index=models.Index(fields=['branch', '-asked_at'], name='write_off_of_branch'),
        ),
        migrations.AddConstraint(
            model_name='writeoffline',
            constraint=models.UniqueConstraint(fields=('write_off', 'device'), name='write_off_line_once'),
        ),
        migrations.RunSQL(NUMBERS, NUMBERS_BACK),
        migrations.RunSQL(TWO_WITNESSES, TWO_WITNESSES_BACK),
    ]
