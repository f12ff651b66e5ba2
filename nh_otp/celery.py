"""The queue that carries outbox ids; nothing of value lives in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nh_otp.settings")

BROKER_URL = os.environ.get("BROKER_URL", "memory://")


def transport_options(url: str) -> dict[str, Any]:
    """A filesystem broker (demo) polls its folder often; a real one redelivers after five minutes."""
    if not url.startswith("filesystem"):
        return {"visibility_timeout": 300}
    folder = Path(os.environ.get("NH_OTP_BROKER_DIR", ".data/broker"))
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "processed_folder": str(folder / "processed"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.1,
    }


app = Celery("nh_otp")
app.conf.update(
    broker_url=BROKER_URL,
    broker_transport_options=transport_options(BROKER_URL),
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="Asia/Seoul",
    beat_schedule={
        "finish-device-services": {"task": "branches.tasks.finish_services", "schedule": 60.0},
        "lapse-approval-requests": {"task": "branches.tasks.lapse_requests", "schedule": 60.0},
        "lapse-reservations": {"task": "branches.tasks.lapse_reservations", "schedule": 60.0},
        "lapse-write-offs": {"task": "devices.tasks.lapse_write_offs", "schedule": 60.0},
        "compare-stock": {"task": "devices.tasks.compare_stock", "schedule": crontab(hour=2, minute=10)},
    },
)
app.autodiscover_tasks(["branches", "devices"])
