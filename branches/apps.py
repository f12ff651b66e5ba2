from django.apps import AppConfig


class BranchesConfig(AppConfig):
    name = "branches"
    verbose_name = "영업점"
    default_auto_field = "django.db.models.BigAutoField"
