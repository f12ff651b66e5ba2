"""Why a device is not given, taken or stopped."""

from __future__ import annotations

from nh_otp.errors import Conflict, Invalid, NotFound


class UnreadableSerial(Invalid):
    code = "device.unreadable"
    message = "기기 번호로 읽을 수 없습니다. 바코드를 다시 스캔하거나 일련번호를 직접 입력해 주십시오."


class UnknownDevice(NotFound):
    code, message = "device.unknown", "등록되지 않은 기기입니다. 일련번호를 다시 확인해 주십시오."


class AlreadyAssigned(Conflict):
    code = "device.already_assigned"
    message = "이 기기는 이미 다른 건에 배정되어 있습니다. 다른 기기를 스캔해 주십시오."


class NotAssignable(Conflict):
    code, message = "device.not_assignable", "배정할 수 없는 상태의 기기입니다. 다른 기기를 스캔해 주십시오."


class OtherTill(Conflict):
    code, message = "device.other_till", "다른 창구의 시재입니다. 시재를 옮긴 뒤 배정해 주십시오."


class TooOld(Conflict):
    code, message = "device.too_old", "유효기간이 얼마 남지 않은 기기입니다. 더 긴 기기를 배정해 주십시오."


class AmbiguousSerial(Invalid):
    code = "device.ambiguous"
    message = "일련번호가 같은 기기가 둘 이상 있습니다. 제조사를 골라 주십시오."


class TillEmpty(Conflict):
    code = "device.till_empty"
    message = "내 시재에 배정할 기기가 없습니다. 금고에서 시재를 받아 주십시오."


class NotHeld(NotFound):
    code, message = "device.not_held", "고객님이 쓰고 계신 기기가 아닙니다. 화면을 새로 고쳐 다시 골라 주십시오."


class MalformedCode(Invalid):
    code, message = "first_code.malformed", "기기 화면의 숫자를 그대로 입력해 주십시오."


class NotVerified(Conflict):
    code = "first_code.not_verified"
    message = "검증한 최초번호가 없거나 15분이 지났습니다. 번호를 다시 검증해 주십시오."


class NotReset(Conflict):
    code, message = "device.not_reset", "오류 횟수가 아직 초기화되지 않았습니다. 잠시 후 다시 마무리해 주십시오."
