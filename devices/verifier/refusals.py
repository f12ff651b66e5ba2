"""What the OTP verifier refuses to look at. A refusal spends no try unless it says so."""

from __future__ import annotations

from devices.seed_file.refusals import SeedFileRefused
from nh_otp.errors import Invalid, Unavailable


class CheckRefused(Invalid):
    """This question cannot be answered, now or later."""

    code, message = "verifier.refused", "번호를 확인할 수 없습니다. 화면을 새로 고쳐 다시 확인해 주십시오."


class NothingToCheck(CheckRefused):
    """Unknown device, other case, not approved: one answer, so that nobody learns which."""

    code, message = "verifier.nothing_to_check", "이 기기와 건으로 확인할 번호가 없습니다."


class NotDecided(CheckRefused):
    code, message = "verifier.not_decided", "책임자가 승인하지 않은 업무입니다. 승인을 받은 뒤 다시 처리해 주십시오."


class OnceTaken(CheckRefused):
    code, message = "verifier.once_taken", "이미 다른 확인에 쓴 요청 번호입니다. 화면을 새로 고쳐 주십시오."


class SeedUnreadable(CheckRefused):
    """The sealed seed was moved or changed, or its product's parameters were. The try stays spent."""

    code = "verifier.seed_unreadable"
    message = "이 기기는 확인할 수 없습니다. 다른 기기를 배정하고 전산 담당자에게 알려 주십시오."


class ClocksDisagree(Unavailable):
    code = "verifier.clocks_disagree"
    message = "서버 시각이 맞지 않아 번호를 확인할 수 없습니다. 전산 담당자에게 알려 주십시오."


class StillChecking(Unavailable):
    code, message = "verifier.still_checking", "같은 번호를 확인하고 있습니다. 잠시 후 다시 확인해 주십시오."


class UnknownDestination(SeedFileRefused):
    code = "seed_file.destination"
    message = "제조사, 제품, 지점 또는 시재 담당 직원번호를 찾을 수 없습니다. 다시 확인해 주십시오."


class SeveralProducts(SeedFileRefused):
    code = "seed_file.several_products"
    message = "같은 방식의 제품이 여럿입니다. 제품코드를 지정해 주십시오."


class MixedProducts(SeedFileRefused):
    code, message = "seed_file.mixed_products", "한 시드파일에는 한 제품만 등록할 수 있습니다. 파일을 나누어 주십시오."


class WrongCheckDigit(SeedFileRefused):
    code, message = "seed_file.check_digit", "일련번호의 검사 숫자가 맞지 않는 기기가 들어 있습니다."


class OtherParameters(SeedFileRefused):
    code, message = "seed_file.other_parameters", "제품과 알고리즘, 자릿수 또는 주기가 다른 기기가 들어 있습니다."


class StrangeSerial(SeedFileRefused):
    code, message = "seed_file.serial", "제조사의 일련번호 형식에 맞지 않는 기기가 들어 있습니다."


class LifeOver(SeedFileRefused):
    code, message = "seed_file.life_over", "유효기간이 이미 끝났거나 날짜가 맞지 않는 기기가 들어 있습니다."


class KnownSerial(SeedFileRefused):
    code, message = "seed_file.known_serial", "이미 등록된 일련번호의 기기가 들어 있어 등록할 수 없습니다."


class KnownSecret(SeedFileRefused):
    code, message = "seed_file.known_secret", "이미 등록된 기기와 비밀값이 같은 기기가 들어 있어 등록할 수 없습니다."
