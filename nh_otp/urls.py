"""Every address of the house. What is not listed here does not answer."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from nh_otp.health import healthz, readyz
from nh_otp.sign_in import second_factor, step_up_again

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/2fa/authenticate/", second_factor, name="mfa_authenticate"),
    path("accounts/2fa/reauthenticate/", step_up_again, name="mfa_reauthenticate"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("", include("branches.web.urls")),
    path("", include("devices.web.urls")),
    path("api/v1/", include("branches.api.urls")),
    path("api/v1/", include("devices.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
]
handler404 = "nh_otp.doors.pages.not_found"
handler500 = "nh_otp.doors.pages.fault"
handler400 = "nh_otp.doors.pages.malformed"
