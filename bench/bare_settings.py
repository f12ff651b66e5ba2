"""The product's settings without what the baseline must not pay for."""

from nh_otp.settings import *  # noqa: F403 – a settings file extends another one this way
from nh_otp.settings import INSTALLED_APPS as ALL

INSTALLED_APPS = [app for app in ALL if not app.startswith(("allauth", "axes", "csp"))]
MIDDLEWARE = []
ROOT_URLCONF = "bench.bare"
SILENCED_SYSTEM_CHECKS = []
