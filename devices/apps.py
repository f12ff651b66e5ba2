from django.apps import AppConfig


class DevicesConfig(AppConfig):
    name = "devices"
    verbose_name = "OTP 기기"
    default_auto_field = "django.db.models.BigAutoField"
