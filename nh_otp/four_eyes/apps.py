from django.apps import AppConfig


class FourEyesConfig(AppConfig):
    name = "nh_otp.four_eyes"
    label = "four_eyes"
    verbose_name = "책임자 승인"
    default_auto_field = "django.db.models.BigAutoField"
