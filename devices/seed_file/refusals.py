"""Why a seed file is refused: one class per reason, each with its code and sentence.

Facts name the package by its place in the file (`package=3`), never by anything read from a secret.
"""

from __future__ import annotations

from nh_otp.errors import Invalid


class SeedFileRefused(Invalid):
    """No key of this file may be used."""

    code, message = "seed_file.refused", "이 시드파일은 등록할 수 없습니다."


class Malformed(SeedFileRefused):
    code, message = "seed_file.malformed", "시드파일의 형식이 올바르지 않습니다. 파일을 다시 확인해 주십시오."


class DtdFound(SeedFileRefused):
    code, message = "seed_file.dtd", "문서 형식 선언(DTD)이 들어 있는 시드파일은 등록할 수 없습니다."


class TooLarge(SeedFileRefused):
    code, message = "seed_file.too_large", "시드파일이 허용된 크기를 넘었습니다. 파일을 나누어 등록해 주십시오."


class TooManyKeys(SeedFileRefused):
    code, message = (
        "seed_file.too_many_keys",
        "시드파일의 기기가 너무 많습니다. 파일을 나누어 등록해 주십시오.",
    )


class NotTotp(SeedFileRefused):
    code, message = "seed_file.not_totp", "시간 방식(TOTP)이 아닌 기기가 들어 있어 등록할 수 없습니다."


class UnknownPolicy(SeedFileRefused):
    code, message = "seed_file.policy", "지킬 수 없는 사용 조건이 붙은 기기가 들어 있어 등록할 수 없습니다."


class UnknownParameters(SeedFileRefused):
    code, message = "seed_file.parameters", "취급하지 않는 자릿수, 주기 또는 응답 방식의 기기가 들어 있습니다."


class UnknownCipher(SeedFileRefused):
    code, message = "seed_file.cipher", "취급하지 않는 방식으로 암호화된 시드파일입니다. 제조사에 문의해 주십시오."


class ClearSecret(SeedFileRefused):
    code, message = "seed_file.clear_secret", "암호화되지 않은 비밀값이 들어 있어 등록할 수 없습니다."


class MacMissing(SeedFileRefused):
    code, message = "seed_file.mac_missing", "위변조 확인값(MAC)이 없는 시드파일은 등록할 수 없습니다."


class WrongKey(SeedFileRefused):
    """Wrong key, wrong MAC and bad padding are one answer: telling them apart would help a forger (RFC 6030 13)."""

    code, message = (
        "seed_file.wrong_key",
        "전송키가 맞지 않거나 시드파일이 변경되었습니다. 다시 확인해 주십시오.",
    )


class ShortSecret(SeedFileRefused):
    code, message = "seed_file.short_secret", "비밀값이 16바이트보다 짧은 기기가 들어 있어 등록할 수 없습니다."


class DuplicateSerial(SeedFileRefused):
    code, message = "seed_file.duplicate_serial", "같은 일련번호가 두 번 이상 들어 있어 등록할 수 없습니다."


class DuplicateSecret(SeedFileRefused):
    code, message = "seed_file.duplicate_secret", "같은 비밀값을 가진 기기가 들어 있어 등록할 수 없습니다."


class ClearFile(SeedFileRefused):
    code = "seed_file.clear_file"
    message = "암호화되지 않은 시드파일은 검증 서버의 관리자만 명령으로 등록할 수 있습니다."


class OtherKey(SeedFileRefused):
    code = "seed_file.other_key"
    message = "전송키와 암호문구 가운데 다른 것으로 잠긴 시드파일입니다. 제조사에 문의해 주십시오."


class UnreadableSecret(SeedFileRefused):
    code, message = "seed_file.secret", "비밀값을 16진수 또는 Base32로 읽을 수 없는 기기가 들어 있습니다."


class IncompleteRow(SeedFileRefused):
    code, message = "seed_file.row", "빠졌거나 남는 칸이 있는 줄이 들어 있습니다. 칸의 수와 순서를 확인해 주십시오."
