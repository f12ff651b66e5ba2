"""Addresses of the API for devices and stock; the same verbs as the screens."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
