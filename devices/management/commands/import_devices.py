"""`manage.py import_devices FILE …`: a vendor's seed file (PSKC, RFC 6030, or OATH CSV) into the bank's stock."""

from __future__ import annotations

import base64
import binascii
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from devices.errands.seeds import check_lot, import_lot
from nh_otp.access import Actor
from nh_otp.errors import DomainError
from nh_otp.gateways.otp_verifier import DeviceIn, FileFault, LotCheck, LotFormat, LotHeader

LONGEST_KEY_FILE = 1024  # bytes
KEY_BYTES = (16, 24, 32)
PEEK = 64  # bytes of a file that tell its format
BY = "import_devices"


class Command(BaseCommand):
    """Streams the file to the verifier, or is the verifier itself when it holds the seed ring; keeps nothing."""

    requires_system_checks = ()  # it may run as the verifier, which is configured otherwise than the web
    help = "시드파일(PSKC, OATH CSV)을 검사하거나 재고에 등록합니다."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="시드파일")
        parser.add_argument("--vendor", required=True, help="벤더코드")
        parser.add_argument("--product", help="제품코드 (없으면 파일의 방식으로 찾습니다)")
        parser.add_argument("--branch", help="받는 지점코드 (없으면 중앙 재고)")
        parser.add_argument("--till", help="시재 담당 직원번호")
        parser.add_argument("--released", action="store_true", help="검수를 마친 기기로 등록합니다")
        parser.add_argument("--check", action="store_true", help="등록하지 않고 검사만 합니다")
        parser.add_argument("--json", action="store_true", help="결과를 마지막 줄에 JSON으로 씁니다")
        keys = parser.add_mutually_exclusive_group()
        keys.add_argument("--key-file", type=Path, help="전송키 파일 (16진수, base64 또는 원래 바이트)")
        keys.add_argument("--passphrase-file", type=Path, help="암호문구 파일 (한 줄)")

    def handle(self, *_: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as body:
                header = _header(body, options)
                self._check(header, body, options) if options["check"] else self._import(header, body, options)
        except DomainError as refusal:
            self._fail(FileFault(refusal.code, refusal.message), options, _place(refusal))
        except OSError as error:
            fault = FileFault("seed_file.unreadable", f"파일을 읽을 수 없습니다: {error.strerror}")
            self._fail(fault, options)

    def _check(self, header: LotHeader, body: BinaryIO, options: dict[str, Any]) -> None:
        found = check_lot(header=header, file=body)
        if options["json"]:
            self.stdout.write(json.dumps(_report(found), ensure_ascii=False))
        else:
            self._tell(found)
        if not found.is_good:
            raise SystemExit(1)

    def _tell(self, found: LotCheck) -> None:
        for row in found.refused:
            self.stdout.write(f"{row.row}행 {row.serial}: {row.message} ({row.code})")
        if found.file_error:
            self.stdout.write(f"{found.file_error.message} ({found.file_error.code})")
        self.stdout.write(f"등록할 수 있는 기기 {len(found.accepted)}개, 등록할 수 없는 기기 {len(found.refused)}개.")

    def _import(self, header: LotHeader, body: BinaryIO, options: dict[str, Any]) -> None:
        by = Actor.system(BY)
        receipt = import_lot(by=by, header=header, file=body)
        if options["json"]:
            self.stdout.write(json.dumps({"lot": str(receipt.lot), "devices": receipt.devices}))
        else:
            self.stdout.write(f"기기 {receipt.devices}개를 등록했습니다. 시드파일 {receipt.lot}")

    def _fail(self, fault: FileFault, options: dict[str, Any], place: str = "") -> NoReturn:
        if options["json"]:
            self.stdout.write(json.dumps(_report(LotCheck([], [], fault, "")), ensure_ascii=False))
            raise SystemExit(1)
        raise CommandError(f"{fault.code}: {place}{fault.message}")


def _header(body: BinaryIO, options: dict[str, Any]) -> LotHeader:
    key_file, passphrase_file = options["key_file"], options["passphrase_file"]
    return LotHeader(
        vendor=options["vendor"],
        product=options["product"],
        branch_code=options["branch"] or settings.CENTRAL_BRANCH,
        till=options["till"],
        key=transport_key(key_file) if key_file else None,
        passphrase=passphrase(passphrase_file) if passphrase_file else None,
        format=_format(body),
        quarantined=not (options["released"] or options["till"]),
        imported_by=f"system:{BY}",
    )


def _format(body: BinaryIO) -> LotFormat:
    """XML begins with a bracket in every encoding it may have; all else is read as text."""
    start = body.read(PEEK)
    body.seek(0)
    return LotFormat.PSKC if start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<") else LotFormat.OATH_CSV


def _place(refusal: DomainError) -> str:
    return f"{refusal.facts['package']}행. " if "package" in refusal.facts else ""


def _report(found: LotCheck) -> dict[str, object]:
    return {
        "accepted": [_device(device) for device in found.accepted],
        "refused": [row._asdict() for row in found.refused],
        "file_error": found.file_error._asdict() if found.file_error else None,
    }


def _device(device: DeviceIn) -> dict[str, object]:
    life = {"valid_from": device.valid_from.isoformat(), "valid_until": device.valid_until.isoformat()}
    return device._asdict() | life


def transport_key(path: Path) -> bytes:
    """The pre-shared key agreed with the vendor: hexadecimal, base64 or its bytes. Raises CommandError."""
    with path.open("rb") as file:
        raw = file.read(LONGEST_KEY_FILE)
    text = raw.strip()
    for read in (bytes.fromhex, _base64):
        try:
            key = read(text.decode("ascii"))
        except ValueError:
            continue
        if len(key) in KEY_BYTES:
            return key
    if len(raw) in KEY_BYTES:
        return raw
    raise CommandError("전송키 파일은 16진수, base64 한 줄 또는 16, 24, 32바이트여야 합니다.")


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def passphrase(path: Path) -> str:
    """The passphrase agreed with the vendor: the first line, as it is. Raises CommandError."""
    with path.open("rb") as file:
        raw = file.read(LONGEST_KEY_FILE)
    try:
        text = raw.decode().splitlines()[0]
    except (UnicodeDecodeError, IndexError):
        text = ""
    if not text:
        raise CommandError("암호문구 파일은 비어 있지 않은 한 줄이어야 합니다.")
    return text
