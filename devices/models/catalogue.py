from __future__ import annotations

from django.db import models

from devices.states import Algorithm, ProductKind


class SerialCheck(models.TextChoices):
    """How a vendor's serials prove that they were read rightly."""

    NONE = "NONE", "검사 숫자 없음"
    LUHN = "LUHN", "Luhn 검사 숫자"


class Vendor(models.Model):
    """Who makes devices; its code on the back of a device is half of the device's identity."""

    code = models.CharField("벤더코드", max_length=10, unique=True)
    name = models.CharField("제조사", max_length=50)
    serial_pattern = models.CharField("일련번호 형식", max_length=80, default=r"[0-9]{6,12}")
    serial_check = models.CharField("검사 숫자", max_length=4, choices=SerialCheck.choices, default=SerialCheck.NONE)

    class Meta:
        db_table = "vendor"
        verbose_name = "제조사"

    @property
    def ref(self) -> str:
        return self.code


class Product(models.Model):
    """A kind of device as bought: how its codes are made and how long it lives."""

    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="products")
    code = models.CharField("제품코드", max_length=20, unique=True)
    name = models.CharField("제품명", max_length=50)
    kind = models.CharField("종류", max_length=10, choices=ProductKind.choices)
    algorithm = models.CharField("알고리즘", max_length=6, choices=Algorithm.choices, default=Algorithm.SHA1)
    digits = models.PositiveSmallIntegerField("자릿수", default=6)
    period = models.PositiveSmallIntegerField("주기(초)", default=60)
    shelf_life_months = models.PositiveSmallIntegerField("유효기간(월)", default=60)
    minimum_months_left = models.PositiveSmallIntegerField("교부 때 남아야 할 달", default=6)

    class Meta:
        db_table = "product"
        verbose_name = "제품"
        constraints = [
            models.CheckConstraint(
                name="product_code_shape", condition=models.Q(digits__in=[6, 8], period__in=[30, 60])
            )
        ]

    @property
    def ref(self) -> str:
        return self.code
