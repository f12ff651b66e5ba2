"""Addresses of the device screens. A device is addressed by its opaque reference, never by its serial."""

from __future__ import annotations

from django.urls import URLPattern, path

from devices.web import stock

urlpatterns: list[URLPattern] = [
    path("stock/", stock.stock, name="stock"),
]
