from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "nh_otp.outbox"
    label = "outbox"
    verbose_name = "발신함"
    default_auto_field = "django.db.models.BigAutoField"
