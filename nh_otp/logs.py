"""JSON logs from an allow-list: an event name and typed facts, never free text about a person."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

SECRET_KEYS = frozenset(
    {"code", "otp", "pin", "password", "secret", "seed", "key", "name", "birth_on", "phone", "account", "number_tail"}
)
_RESIDENT_NUMBER = re.compile(r"\d{6}-?[0-9]\d{6}")
_LONG_SECRET = re.compile(r"\b(?:[0-9a-fA-F]{32,}|[A-Z2-7]{16,})\b")
_SERVER_ARGUMENTS = "positional_args"


def mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Second wall: blank what looks like a secret or a resident number, wherever it came from."""
    event.pop(_SERVER_ARGUMENTS, None)
    for key, value in list(event.items()):
        event[key] = "***" if key in SECRET_KEYS else _masked(value)
    return event


def _masked(value: object) -> object:
    """The value with whatever looks like a secret blanked, however deep it lies."""
    if isinstance(value, str):
        return _LONG_SECRET.sub("***", _RESIDENT_NUMBER.sub("***", value))
    if isinstance(value, Mapping):
        return {key: "***" if key in SECRET_KEYS else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else _masked(str(value))


def _failure(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep of an exception its type and place; its text may quote what somebody typed."""
    event.pop("stack_info", None)
    error = _raised(event.pop("exc_info", None))
    if error is None:
        return event
    event["error"] = type(error).__qualname__
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        event["at"] = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
    return event


def _raised(given: object) -> BaseException | None:
    """The exception behind `exc_info`, in each of the three forms that loggers accept."""
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1] if given else None


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter() -> logging.Formatter:
    """One JSON line per record, structlog's and the standard library's alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _failure,
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "nh_otp.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.db.backends": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
    },
}
