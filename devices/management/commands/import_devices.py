"""`manage.py import_devices FILE …`: a vendor's seed file (PSKC, RFC 6030) into the stock of a branch."""

from __future__ import annotations

import base64
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from devices.errands.seeds import import_lot
from nh_otp.access import Actor
from nh_otp.errors import DomainError

LONGEST_KEY_FILE = 1024  # bytes


class Command(BaseCommand):
    """Streams the file to the verifier; nothing of it is kept here."""

    help = "시드파일(PSKC)을 검증 서버로 보내 지점 재고에 등록합니다."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="PSKC 시드파일")
        parser.add_argument("--vendor", required=True, help="벤더코드")
        parser.add_argument("--product", required=True, help="제품코드")
        parser.add_argument("--branch", required=True, help="지점코드")
        parser.add_argument("--till", help="시재 담당 직원번호")
        parser.add_argument("--key-file", required=True, type=Path, help="전송키 파일 (base64 한 줄)")

    def handle(self, *_: Any, file: Path, key_file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as body:
                receipt = import_lot(
                    by=Actor.system("import_devices"),
                    vendor=options["vendor"],
                    product=options["product"],
                    branch_code=options["branch"],
                    till=options["till"],
                    key=transport_key(key_file),
                    file=body,
                )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        except OSError as error:
            raise CommandError(f"파일을 읽을 수 없습니다: {error.strerror}") from None
        self.stdout.write(f"기기 {receipt.devices}개를 등록했습니다. 시드파일 {receipt.lot}")


def transport_key(path: Path) -> bytes:
    """The pre-shared key agreed with the vendor: one line of base64. Raises CommandError."""
    with path.open("rb") as file:
        text = file.read(LONGEST_KEY_FILE)
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if not key:
        raise CommandError("전송키 파일은 base64 한 줄이어야 합니다.")
    return key
