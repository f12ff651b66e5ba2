"""Who holds a device. Every function runs inside the caller's transaction and leaves the audit to the caller."""

from __future__ import annotations

from devices.custody.hands import Stopped, held, must_look_like_code, register, suspend, to_centre, unlock
from devices.custody.refusals import (
    AlreadyAssigned,
    AmbiguousSerial,
    MalformedCode,
    NotAssignable,
    NotHeld,
    NotReset,
    NotVerified,
    OtherTill,
    TillEmpty,
    TooOld,
    UnknownDevice,
    UnreadableSerial,
)
from devices.custody.till import give_back, normal_serial, one_of, ready, reserve, take_next

__all__ = [
    "AlreadyAssigned",
    "AmbiguousSerial",
    "MalformedCode",
    "NotAssignable",
    "NotHeld",
    "NotReset",
    "NotVerified",
    "OtherTill",
    "Stopped",
    "TillEmpty",
    "TooOld",
    "UnknownDevice",
    "UnreadableSerial",
    "give_back",
    "held",
    "must_look_like_code",
    "normal_serial",
    "one_of",
    "ready",
    "register",
    "reserve",
    "suspend",
    "take_next",
    "to_centre",
    "unlock",
]
