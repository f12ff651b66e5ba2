from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "nh_otp.audit"
    label = "audit"
    verbose_name = "감사기록"
    default_auto_field = "django.db.models.BigAutoField"
