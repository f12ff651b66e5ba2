"""The life of a device, as data. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from django.db.models import TextChoices


class DeviceState(TextChoices):
    QUARANTINED = "QUARANTINED", "검수대기"
    IN_STOCK = "IN_STOCK", "재고"
    IN_TRANSIT = "IN_TRANSIT", "이동중"
    RESERVED = "RESERVED", "배정"
    IN_USE = "IN_USE", "사용중"
    SUSPENDED = "SUSPENDED", "사고정지"
    LOCKED = "LOCKED", "오류잠김"
    MISSING = "MISSING", "분실(재고)"
    FAULTY = "FAULTY", "불량"
    RETIRED = "RETIRED", "해지"
    DESTROYED = "DESTROYED", "폐기"


class DeviceStep(StrEnum):
    RELEASE = "release"
    CONDEMN = "condemn"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    MISS = "miss"
    FIND = "find"
    RESERVE = "reserve"
    GIVE_BACK_UNOPENED = "give_back_unopened"
    GIVE_BACK_OPENED = "give_back_opened"
    REGISTER = "register"
    SUSPEND = "suspend"
    LIFT = "lift"
    LOCK = "lock"
    UNLOCK = "unlock"
    RETIRE = "retire"
    DESTROY = "destroy"


S, T = DeviceState, DeviceStep

TRANSITIONS: Mapping[tuple[DeviceState, DeviceStep], DeviceState] = {
    (S.QUARANTINED, T.RELEASE): S.IN_STOCK,
    (S.QUARANTINED, T.CONDEMN): S.FAULTY,
    (S.IN_STOCK, T.DISPATCH): S.IN_TRANSIT,
    (S.IN_STOCK, T.RESERVE): S.RESERVED,
    (S.IN_STOCK, T.CONDEMN): S.FAULTY,
    (S.IN_STOCK, T.MISS): S.MISSING,
    (S.IN_TRANSIT, T.ARRIVE): S.IN_STOCK,
    (S.IN_TRANSIT, T.MISS): S.MISSING,
    (S.RESERVED, T.REGISTER): S.IN_USE,
    (S.RESERVED, T.GIVE_BACK_UNOPENED): S.IN_STOCK,
    (S.RESERVED, T.GIVE_BACK_OPENED): S.QUARANTINED,
    (S.RESERVED, T.CONDEMN): S.FAULTY,
    (S.IN_USE, T.SUSPEND): S.SUSPENDED,
    (S.IN_USE, T.LOCK): S.LOCKED,
    (S.IN_USE, T.RETIRE): S.RETIRED,
    (S.SUSPENDED, T.LIFT): S.IN_USE,
    (S.SUSPENDED, T.RETIRE): S.RETIRED,
    (S.LOCKED, T.UNLOCK): S.IN_USE,
    (S.LOCKED, T.SUSPEND): S.SUSPENDED,
    (S.LOCKED, T.RETIRE): S.RETIRED,
    (S.MISSING, T.FIND): S.QUARANTINED,
    (S.FAULTY, T.DESTROY): S.DESTROYED,
    (S.RETIRED, T.DESTROY): S.DESTROYED,
}

BIRTHS = (S.QUARANTINED, S.IN_STOCK)
"""A device enters the bank checked (IN_STOCK) or still to be checked (QUARANTINED)."""

HELD = (S.IN_USE, S.SUSPENDED, S.LOCKED)
"""States in which a device belongs to a customer."""


class ProductKind(TextChoices):
    TOKEN = "TOKEN", "토큰형"
    CARD = "CARD", "카드형"
    MOBILE = "MOBILE", "모바일OTP"


class Algorithm(TextChoices):
    """The hash under the code (RFC 6238 section 1.2)."""

    SHA1 = "SHA1", "SHA-1"
    SHA256 = "SHA256", "SHA-256"
    SHA512 = "SHA512", "SHA-512"
