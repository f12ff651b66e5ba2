from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from devices.commands.stock_check import check_stock
from nh_otp.access import Actor


class Command(BaseCommand):
    help = "Compare the stock ledger with the devices; fails when they disagree."

    def handle(self, *args: Any, **options: Any) -> None:
        found = check_stock(by=Actor.system("check_stock"))
        for each in found:
            at = " ".join(part for part in (each.branch, each.place, each.till, each.product) if part)
            self.stderr.write(f"{at}: ledger {each.told}, devices {each.found}")
        if found:
            raise CommandError(f"{len(found)} places disagree", returncode=1)
        self.stdout.write("ledger and devices agree")
