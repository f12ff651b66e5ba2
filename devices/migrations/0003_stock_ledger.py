"""Where every device is and how it came there, the ledger of it, and services for devices in use."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0004_approval_moves_to_the_ground'),
        ('devices', '0002_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeviceService',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='기기 업무 번호')),
                ('kind', models.CharField(choices=[('UNLOCK', '오류해제'), ('RESYNC', '시각 보정')], max_length=10, verbose_name='업무')),
                ('state', models.CharField(choices=[('OPEN', '확인 중'), ('AWAITING_DECISION', '결재 요청'), ('APPROVED', '결재됨'), ('DONE', '처리 완료'), ('REFUSED', '결재 거절됨'), ('CANCELLED', '처리 취소')], default='OPEN', max_length=17, verbose_name='상태')),
                ('shift_seconds', models.IntegerField(null=True, verbose_name='시각 차이(초)')),
                ('opened_at', models.DateTimeField(verbose_name='시작 시각')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='종료 시각')),
                ('end_reason', models.CharField(blank=True, default='', max_length=40, verbose_name='종료 사유')),
            ],
            options={
                'verbose_name': '기기 업무',
                'db_table': 'device_service',
            },
        ),
        migrations.CreateModel(
            name='StockMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='시각')),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='기록 시각')),
                ('by', models.CharField(max_length=30, verbose_name='처리자')),
                ('how', models.CharField(choices=[('RECEIVE', '입고'), ('RELEASE', '검수 완료'), ('CONDEMN', '불량 처리'), ('DISPATCH', '발송'), ('ARRIVE', '도착'), ('HAND', '시재 이동'), ('ISSUE', '교부'), ('GIVE_BACK', '검수대기 전환'), ('MISS', '분실'), ('FIND', '발견'), ('RETIRE', '해지'), ('TAKE_BACK', '회수'), ('DESTROY', '폐기')], max_length=9, verbose_name='적요')),
                ('ref', models.CharField(blank=True, max_length=20, verbose_name='근거')),
                ('from_place', models.CharField(choices=[('QUARANTINE', '검수대기 보관'), ('STOCK', '재고 보관'), ('TRANSIT', '운송 중'), ('CUSTOMER', '고객'), ('MISSING', '행방 확인 중'), ('FAULTY', '불량 보관'), ('RETURNED', '회수 보관'), ('GONE', '은행 밖')], max_length=10, null=True, verbose_name='나간 곳')),
                ('to_place', models.CharField(choices=[('QUARANTINE', '검수대기 보관'), ('STOCK', '재고 보관'), ('TRANSIT', '운송 중'), ('CUSTOMER', '고객'), ('MISSING', '행방 확인 중'), ('FAULTY', '불량 보관'), ('RETURNED', '회수 보관'), ('GONE', '은행 밖')], max_length=10, verbose_name='들어온 곳')),
            ],
            options={
                'verbose_name': '수불대장',
                'db_table': 'stock_movement',
            },
        ),
        migrations.AddField(
            model_name='device',
            name='moved_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='마지막 이동 시각'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='device',
            name='moved_by',
            field=models.CharField(default='system:before', max_length=30, verbose_name='마지막 이동 처리자'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='device',
            name='moved_for',
            field=models.CharField(blank=True, default='', max_length=20, verbose_name='마지막 이동 근거'),
        ),
        migrations.AddField(
            model_name='device',
            name='moved_how',
            field=models.CharField(choices=[('RECEIVE', '입고'), ('RELEASE', '검수 완료'), ('CONDEMN', '불량 처리'), ('DISPATCH', '발송'), ('ARRIVE', '도착'), ('HAND', '시재 이동'), ('ISSUE', '교부'), ('GIVE_BACK', '검수대기 전환'), ('MISS', '분실'), ('FIND', '발견'), ('RETIRE', '해지'), ('TAKE_BACK', '회수'), ('DESTROY', '폐기')], default='RECEIVE', max_length=9, verbose_name='마지막 이동'),
        ),
        migrations.AddField(
            model_name='device',
            name='moves',
            field=models.PositiveIntegerField(default=1, verbose_name='이동 횟수'),
        ),
        migrations.AddField(
            model_name='device',
            name='returned_at',
            field=models.DateTimeField(null=True, verbose_name='회수 시각'),
        ),
        migrations.AddField(
            model_name='device',
            name='place',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state__in=('QUARANTINED',), then=models.Value('QUARANTINE')), models.When(state__in=('IN_STOCK', 'RESERVED'), then=models.Value('STOCK')), models.When(state__in=('IN_TRANSIT',), then=models.Value('TRANSIT')), models.When(state__in=('IN_USE', 'SUSPENDED', 'LOCKED'), then=models.Value('CUSTOMER')), models.When(state__in=('MISSING',), then=models.Value('MISSING')), models.When(state__in=('FAULTY',), then=models.Value('FAULTY')), models.When(state__in=('DESTROYED',), then=models.Value('GONE')), models.When(returned_at__isnull=False, state='RETIRED', then=models.Value('RETURNED')), default=models.Value('GONE')), output_field=models.CharField(max_length=10)),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['branch', 'place', 'product'], name='device_by_place'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(('till', None), ('state__in', ['IN_STOCK', 'RESERVED']), _connector='OR'), name='device_till_holds_stock'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='branch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='branches.customer'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='device',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='devices.device'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='identity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.identitycheck'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='담당'),
        ),
        migrations.AddField(
            model_name='deviceservice',
            name='verification',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.codecheck'),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='device',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='devices.device'),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='from_branch',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch'),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='from_till',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='product',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='devices.product'),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='to_branch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.branch'),
        ),
        migrations.AddField(
            model_name='stockmovement',
            name='to_till',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='deviceservice',
            index=models.Index(fields=['customer'], name='device_service_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='deviceservice',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('OPEN', 'AWAITING_DECISION', 'APPROVED'))), fields=('device',), name='device_service_one_open', violation_error_message='이 기기에 진행 중인 업무가 있습니다. 그 업무를 먼저 마쳐 주십시오.'),
        ),
        migrations.AddConstraint(
            model_name='deviceservice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['OPEN', 'REFUSED', 'CANCELLED']), models.Q(('identity__isnull', False), ('verification__isnull', False)), _connector='OR'), name='device_service_decided_is_proven'),
        ),
        migrations.AddIndex(
            model_name='stockmovement',
            index=models.Index(fields=['from_branch', 'at'], name='stock_movement_out'),
        ),
        migrations.AddIndex(
            model_name='stockmovement',
            index=models.Index(fields=['to_branch', 'at'], name='stock_movement_in'),
        ),
    ]
