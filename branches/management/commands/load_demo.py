from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from branches.management.demo import house, people

CUSTOMERS, DEVICES = 200, 270


class Command(BaseCommand):
    requires_system_checks = ()  # the migration before it and every process after it check
    help = "시연 자료를 넣습니다. 직원이 이미 있으면 아무것도 하지 않습니다."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=CUSTOMERS, help="고객 수")
        parser.add_argument("--devices", type=int, default=DEVICES, help="창구 시재에 둘 기기 수")

    def handle(self, *, customers: int, devices: int, **options: Any) -> None:
        at = timezone.now()
        least = len(people.known(timezone.localdate(at)))
        if not settings.DEMO:
            raise CommandError("시연 자료는 시연 모드(NH_OTP_MODE=demo)에서만 넣을 수 있습니다.")
        if customers < least or devices < 0:
            raise CommandError(f"고객은 {least}명 이상, 기기는 0대 이상이어야 합니다.")
        if house.is_taken():
            self.stdout.write("직원이 이미 있어 시연 자료를 넣지 않았습니다.")
            return
        house.fill(at=at, customers=customers, devices=devices, folder=_folder())
        self.stdout.write(f"시연 자료를 넣었습니다. 고객 {customers:,}명, 시재 기기 {devices:,}대.")


def _folder() -> Path:
    """Where the demo's secrets go: only this account may enter."""
    folder = Path(os.environ.get("NH_OTP_DEMO_DIR") or settings.BASE / ".data" / "demo")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
