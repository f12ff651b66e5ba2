"""Data may point up from devices to branches; these are the names it points to."""

from django.apps import apps
from django.db.models import ForeignKey, OneToOneField

UP = {"Branch", "Customer", "IdentityCheck", "ReissueCase", "Staff"}


def test_devices_points_to_few_things_of_branches() -> None:
    points_to = {
        field.related_model.__name__
        for model in apps.get_app_config("devices").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | OneToOneField) and not isinstance(field.related_model, str)
        if field.related_model._meta.app_label == "branches"
    }

    assert points_to <= UP
