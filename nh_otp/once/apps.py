from django.apps import AppConfig


class OnceConfig(AppConfig):
    name = "nh_otp.once"
    label = "once"
    verbose_name = "멱등키"
    default_auto_field = "django.db.models.BigAutoField"
