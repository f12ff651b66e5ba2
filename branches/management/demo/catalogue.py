"""Vendors, products and fee rules of the demo."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from branches.models import FeeRule, Reason
from devices.models import Algorithm, Product, ProductKind, Vendor

VENDORS = {"101": "한빛보안", "204": "누리토큰"}
SAMPLES, SAMPLES_NAME = "900", "견본 제조사"
"""A vendor of every kind of device and any serial, so that a seed file can be tried."""


@dataclass(frozen=True, slots=True)
class Model:
    """A product with its place in the vendor's numbering; `period` in seconds."""

    vendor: str
    code: str
    name: str
    kind: ProductKind
    algorithm: str
    period: int
    secret_bytes: int
    stock_from: int
    """First serial number of devices nobody holds yet."""
    held_from: int
    """First serial number of devices that customers hold."""
    digits: int = 6


HANBIT_TOKEN = Model("101", "HB-T60", "한빛 토큰", ProductKind.TOKEN, "SHA1", 60, 20, 261100483317, 210477311001)
NURI_TOKEN = Model("204", "NR-T60", "누리 토큰", ProductKind.TOKEN, "SHA1", 60, 20, 260877120001, 220954010001)
NURI_CARD = Model("204", "NR-C30", "누리 카드", ProductKind.CARD, "SHA256", 30, 32, 260911200086, 230611050001)
MODELS = (HANBIT_TOKEN, NURI_TOKEN, NURI_CARD)

PRICES = {ProductKind.TOKEN: 5_000, ProductKind.CARD: 7_000}
PAID = (Reason.LOST, Reason.STOLEN, Reason.DAMAGED, Reason.EXCHANGE)
IN_FORCE_SINCE = date(2024, 1, 1)


def set_up() -> None:
    """Write vendors, products and the fee rules in force."""
    vendors = {code: Vendor.objects.create(code=code, name=name) for code, name in VENDORS.items()}
    Product.objects.bulk_create(
        Product(
            vendor=vendors[model.vendor],
            code=model.code,
            name=model.name,
            kind=model.kind,
            algorithm=model.algorithm,
            digits=model.digits,
            period=model.period,
        )
        for model in MODELS
    )
    Product.objects.bulk_create(_samples())
    FeeRule.objects.bulk_create(_rule(kind, reason) for kind in PRICES for reason in Reason)


def _samples() -> Iterator[Product]:
    vendor = Vendor.objects.create(code=SAMPLES, name=SAMPLES_NAME, serial_pattern="[0-9A-Z]{1,20}")
    for algorithm, digits, period in itertools.product(Algorithm, (6, 8), (30, 60)):
        yield Product(
            vendor=vendor,
            code=f"S-{algorithm}-{digits}-{period}",
            name=f"견본 {algorithm.label} {digits}자리 {period}초",
            kind=ProductKind.TOKEN,
            algorithm=algorithm,
            digits=digits,
            period=period,
        )


def _rule(kind: ProductKind, reason: Reason) -> FeeRule:
    won = PRICES[kind] if reason in PAID else 0
    return FeeRule(
        kind=kind, reason=reason, in_force=(IN_FORCE_SINCE, None), won=won, sentence=sentence(kind, reason, won)
    )


def sentence(kind: ProductKind, reason: Reason, won: int) -> str:
    """What the teller reads aloud."""
    why = f"{reason.label} 사유로 {kind.label} 기기를 다시 발급하실 때는"
    return f"{why} 수수료 {won:,}원을 받습니다." if won else f"{why} 수수료를 받지 않습니다."
