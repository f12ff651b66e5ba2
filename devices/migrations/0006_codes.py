"""What a code is asked for: a case or a service; clocks corrected by two codes; one more set of tries."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

GRANT = """
CREATE FUNCTION grant_desk_tries(which_device uuid, which_subject uuid) RETURNS boolean LANGUAGE sql
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  UPDATE desk_tries SET granted = 2 * granted
  WHERE device_id = which_device AND subject = which_subject AND claimed = granted AND granted = 3 RETURNING true
$$;
REVOKE ALL ON FUNCTION grant_desk_tries(uuid, uuid) FROM PUBLIC;
"""
GRANT_BACK = "DROP FUNCTION grant_desk_tries(uuid, uuid);"


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0004_approval_moves_to_the_ground'),
        ('devices', '0005_check_digits'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='desktries',
            name='desk_tries_per_device_and_case',
        ),
        migrations.RemoveIndex(
            model_name='codecheck',
            name='code_check_by_case',
        ),
        migrations.AddField(
            model_name='codecheck',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.deviceservice'),
        ),
        migrations.AddField(
            model_name='codecheck',
            name='shift',
            field=models.SmallIntegerField(null=True, verbose_name='시각 차이(칸)'),
        ),
        migrations.AddField(
            model_name='desktries',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.deviceservice'),
        ),
        migrations.AddField(
            model_name='counter',
            name='correction',
            field=models.SmallIntegerField(default=0, verbose_name='보정한 시각 차이(칸)'),
        ),
        migrations.AlterField(
            model_name='codecheck',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.reissuecase'),
        ),
        migrations.AlterField(
            model_name='desktries',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.reissuecase'),
        ),
        migrations.AddField(
            model_name='codecheck',
            name='subject',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('case', 'service'), output_field=models.UUIDField()),
        ),
        migrations.AddField(
            model_name='desktries',
            name='subject',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('case', 'service'), output_field=models.UUIDField()),
        ),
        migrations.AddIndex(
            model_name='codecheck',
            index=models.Index(fields=['subject', 'device'], name='code_check_by_subject'),
        ),
        migrations.AddConstraint(
            model_name='codecheck',
            constraint=models.CheckConstraint(condition=models.Q(('case', None), ('service', None), _connector='XOR'), name='code_check_of_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.CheckConstraint(condition=models.Q(('correction__gte', -60), ('correction__lte', 60)), name='code_counter_correction_capped'),
        ),
        migrations.AddConstraint(
            model_name='desktries',
            constraint=models.UniqueConstraint(fields=('device', 'subject'), name='desk_tries_per_device_and_subject'),
        ),
        migrations.AddConstraint(
            model_name='desktries',
            constraint=models.CheckConstraint(condition=models.Q(('case', None), ('service', None), _connector='XOR'), name='desk_tries_of_one_subject'),
        ),
        migrations.AddConstraint(
            model_name='desktries',
            constraint=models.CheckConstraint(condition=models.Q(('granted__lte', 6)), name='desk_tries_granted_once_more'),
        ),
        migrations.RunSQL(GRANT, GRANT_BACK),
    ]
