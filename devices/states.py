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


class Place(TextChoices):
    """Where a device physically is; follows from its state, so that the ledger cannot say anything else."""

    QUARANTINE = "QUARANTINE", "검수대기 보관"
    STOCK = "STOCK", "재고 보관"
    TRANSIT = "TRANSIT", "운송 중"
    CUSTOMER = "CUSTOMER", "고객"
    MISSING = "MISSING", "행방 확인 중"
    FAULTY = "FAULTY", "불량 보관"
    RETURNED = "RETURNED", "회수 보관"
    GONE = "GONE", "은행 밖"


PLACES: Mapping[Place, tuple[DeviceState, ...]] = {
    Place.QUARANTINE: (S.QUARANTINED,),
    Place.STOCK: (S.IN_STOCK, S.RESERVED),
    Place.TRANSIT: (S.IN_TRANSIT,),
    Place.CUSTOMER: (S.IN_USE, S.SUSPENDED, S.LOCKED),
    Place.MISSING: (S.MISSING,),
    Place.FAULTY: (S.FAULTY,),
    Place.GONE: (S.DESTROYED,),
}
"""A retired device is RETURNED when the bank took it back, else GONE."""

IN_HAND = (Place.QUARANTINE, Place.STOCK, Place.FAULTY, Place.RETURNED)
"""Places at which a branch can count a device."""


class Move(TextChoices):
    """A line of the stock ledger (수불대장): how a device came from one place to another."""

    RECEIVE = "RECEIVE", "입고"
    RELEASE = "RELEASE", "검수 완료"
    CONDEMN = "CONDEMN", "불량 처리"
    DISPATCH = "DISPATCH", "발송"
    ARRIVE = "ARRIVE", "도착"
    HAND = "HAND", "시재 이동"
    ISSUE = "ISSUE", "교부"
    GIVE_BACK = "GIVE_BACK", "검수대기 전환"
    MISS = "MISS", "분실"
    FIND = "FIND", "발견"
    RETIRE = "RETIRE", "해지"
    TAKE_BACK = "TAKE_BACK", "회수"
    DESTROY = "DESTROY", "폐기"


MOVE_OF: Mapping[DeviceStep, Move] = {
    T.RELEASE: Move.RELEASE,
    T.CONDEMN: Move.CONDEMN,
    T.DISPATCH: Move.DISPATCH,
    T.ARRIVE: Move.ARRIVE,
    T.MISS: Move.MISS,
    T.FIND: Move.FIND,
    T.REGISTER: Move.ISSUE,
    T.GIVE_BACK_OPENED: Move.GIVE_BACK,
    T.RETIRE: Move.RETIRE,
    T.DESTROY: Move.DESTROY,
}
"""Steps that change the place; all others leave the device where it is."""


class Fault(TextChoices):
    """Why a device in the bank's hands is no good."""

    BATTERY = "BATTERY", "전지 방전"
    DISPLAY = "DISPLAY", "표시창 불량"
    BUTTON = "BUTTON", "단추 불량"
    BROKEN = "BROKEN", "외관 파손"
    SEAL = "SEAL", "봉인 훼손"
    CODES = "CODES", "번호 불량"


class Disappearance(TextChoices):
    """How a device the bank should have was missed."""

    NOT_FOUND = "NOT_FOUND", "보관 장소에 없음"
    NOT_ARRIVED = "NOT_ARRIVED", "운송 중 미도착"
    THEFT = "THEFT", "도난 의심"


class WriteOffMethod(TextChoices):
    """How devices are destroyed."""

    SHREDDED = "SHREDDED", "파쇄"
    CONTRACTOR = "CONTRACTOR", "폐기업체 인계"


class WriteOffRefusal(TextChoices):
    """Why the second witness does not confirm a destruction."""

    NOT_THERE = "NOT_THERE", "실물 없음"
    NOT_DESTROYED = "NOT_DESTROYED", "폐기되지 않음"
    WRONG_LIST = "WRONG_LIST", "목록과 실물 다름"


class ServiceKind(TextChoices):
    """What can be done for a device in a customer's hand without replacing it; product.md 8."""

    UNLOCK = "UNLOCK", "오류해제"
    RESYNC = "RESYNC", "시각 보정"


class ServiceState(TextChoices):
    OPEN = "OPEN", "확인 중"
    AWAITING_DECISION = "AWAITING_DECISION", "결재 요청"
    APPROVED = "APPROVED", "결재됨"
    DONE = "DONE", "처리 완료"
    REFUSED = "REFUSED", "결재 거절됨"
    CANCELLED = "CANCELLED", "처리 취소"


class ServiceStep(StrEnum):
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    FINISH = "finish"
    CANCEL = "cancel"


V, W = ServiceState, ServiceStep

SERVICE_TRANSITIONS: Mapping[tuple[ServiceState, ServiceStep], ServiceState] = {
    (V.OPEN, W.SUBMIT): V.AWAITING_DECISION,
    (V.OPEN, W.FINISH): V.DONE,
    (V.AWAITING_DECISION, W.APPROVE): V.APPROVED,
    (V.AWAITING_DECISION, W.RETURN): V.OPEN,
    (V.AWAITING_DECISION, W.REFUSE): V.REFUSED,
    (V.APPROVED, W.FINISH): V.DONE,
    (V.OPEN, W.CANCEL): V.CANCELLED,
    (V.AWAITING_DECISION, W.CANCEL): V.CANCELLED,
    (V.APPROVED, W.CANCEL): V.CANCELLED,
}

SERVICE_OPEN = (V.OPEN, V.AWAITING_DECISION, V.APPROVED)
"""A device has at most one service in these."""
