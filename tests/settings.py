"""The product's settings with the outside world in process: simulators' cores instead of their servers."""

import os

from nh_otp.settings import *  # noqa: F403 – a settings file extends another one this way

GATEWAYS = {
    "otp_verifier": "devices.verifier.in_process",
    "otp_centre": "nh_otp.gateways.simulators.otp_centre.in_process",
    "id_authenticity": "nh_otp.gateways.simulators.id_authenticity.in_process",
    "sms": "nh_otp.gateways.simulators.sms.in_process",
}
SEED_KEYS_FILE = os.environ["NH_OTP_TEST_SEED_KEYS_FILE"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LOGGING = {"version": 1, "disable_existing_loggers": False}
