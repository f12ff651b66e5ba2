"""Asking for a seed file to be taken in; what came in is recorded by the verifier (`seeds.imported`)."""

from __future__ import annotations

from devices.models import Product
from nh_otp.access import Actor, Permission
from nh_otp.audit.trail import Trail
from nh_otp.command import command
from nh_otp.errors import NotFound


class UnknownProduct(NotFound):
    code, message = "seeds.unknown_product", "등록되지 않은 제조사 또는 제품입니다. 코드를 다시 확인해 주십시오."


@command(action="seeds.asked", needs=Permission.IMPORT_SEEDS, facts=("vendor", "product", "branch"))
def ask_import(trail: Trail, *, by: Actor, vendor: str, product: str | None, branch_code: str) -> None:
    """Say who sends a seed file of which vendor to which branch. The file and its key are not here."""
    known = Product.objects.filter(vendor__code=vendor).select_related("vendor")
    found = (known.filter(code=product) if product else known).first()
    if found is None:
        raise UnknownProduct()
    trail.about(found if product else found.vendor, vendor=vendor, branch=branch_code)
    if product:
        trail.fact(product=product)
