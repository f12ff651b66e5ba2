"""The one settings file, read from the environment; what production must not be is refused in `nh_otp.checks`."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from nh_otp.logs import CONFIG
from nh_otp.policy import POLICY

BASE = Path(__file__).resolve().parent.parent
MODE = os.environ.get("NH_OTP_MODE", "production")
DEMO = MODE == "demo"
DEBUG = False


def _file(variable: str) -> str:
    """The content of the file an environment variable names, or nothing."""
    path = os.environ.get(variable, "")
    return Path(path).read_text().strip() if path else ""


def database(url: str) -> dict[str, Any]:
    """Django's view of a libpq connection string, Unix sockets included."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url)) if url else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": parts | {"options": "-c lock_timeout=3000 -c statement_timeout=15000 -c timezone=UTC"},
    }


SECRET_KEY = _file("NH_OTP_SECRET_KEY_FILE")
DATA_KEYS_FILE = os.environ.get("NH_OTP_DATA_KEYS_FILE", "")
CENTRAL_BRANCH = os.environ.get("NH_OTP_CENTRAL_BRANCH", "000010" if DEMO else "")
"""The branch that keeps devices nobody has distributed yet."""
SEED_KEYS_FILE = os.environ.get("NH_OTP_SEED_KEYS_FILE", "")
ALLOWED_HOSTS = os.environ.get("NH_OTP_ALLOWED_HOSTS", "localhost,127.0.0.1" if DEMO else "").split(",")
VIRTUAL_DEVICE_URL = os.environ.get("NH_OTP_VIRTUAL_DEVICE_URL", "") if DEMO else ""

DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "nh_otp.audit",
    "nh_otp.once",
    "nh_otp.outbox",
    "nh_otp.four_eyes",
    "branches",
    "devices",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "nh_otp.doors.RequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nh_otp.doors.StaffMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nh_otp.doors.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "nh_otp.urls"
WSGI_APPLICATION = "nh_otp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "branches.web.frame.frame",
            ],
        },
    }
]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entry"}}
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("NH_OTP_STATIC_ROOT", str(BASE / "staticfiles"))
STATICFILES_DIRS = [BASE / "nh_otp" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE / "nh_otp" / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_TZ = True

AUTH_USER_MODEL = "branches.Staff"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "nh_otp.sign_in.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "nh_otp.sign_in.StaffAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_no"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(POLICY.step_up_fresh_for.total_seconds())
ACCOUNT_RATE_LIMITS = False  # axes counts, in the database and exactly; a cache would forget
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "nh_otp.sign_in.SealedMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp"]
MFA_TOTP_TOLERANCE = 1
AXES_FAILURE_LIMIT = POLICY.failed_sign_ins
AXES_COOLOFF_TIME = None
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_CALLABLE = "nh_otp.sign_in.claimed_name"
AXES_LOCKOUT_CALLABLE = "nh_otp.sign_in.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_ENGINE = "branches.models.session"
SESSION_COOKIE_AGE = int(POLICY.idle_session.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "nh_session" if DEMO else "__Host-session"
CSRF_COOKIE_NAME = "nh_csrf" if DEMO else "__Host-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "nh_otp.doors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEMO else int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_SSL_REDIRECT = not DEMO
SECURE_PROXY_SSL_HEADER = None if DEMO else ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["nh_otp.doors.staff_api.StaffSession"],
    "DEFAULT_PERMISSION_CLASSES": ["nh_otp.doors.staff_api.IsStaff"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "nh_otp.doors.staff_api.problem_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {"TITLE": "nh_otp", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

QUEUE = "nh_otp.celery.app"
GATEWAYS = {
    "otp_verifier": "nh_otp.gateways.http.otp_verifier.configured",
    "otp_centre": "nh_otp.gateways.http.otp_centre.configured",
    "id_authenticity": "nh_otp.gateways.http.id_authenticity.configured",
    "sms": "nh_otp.gateways.http.sms.configured",
}
GATEWAY_URLS = {
    "otp_verifier": os.environ.get("NH_OTP_VERIFIER_URL", ""),
    "otp_centre": os.environ.get("NH_OTP_OTP_CENTRE_URL", ""),
    "id_authenticity": os.environ.get("NH_OTP_ID_AUTHENTICITY_URL", ""),
    "sms": os.environ.get("NH_OTP_SMS_URL", ""),
}

LOGGING = CONFIG
# axes.W006: five failures lock the account itself, from wherever they come (전자금융감독규정 art. 32).
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
