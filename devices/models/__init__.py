from devices.models import seed
from devices.models.catalogue import Product, SerialCheck, Vendor
from devices.models.centre import CentreReceipt, CentreVerb
from devices.models.counter import Counter, DeskTries
from devices.models.holding import Holding
from devices.models.ledger import StockMovement
from devices.models.service import DeviceService
from devices.models.stock import Device, Voucher, lane
from devices.models.verification import CheckOutcome, CodeCheck
from devices.models.write_off import WriteOff, WriteOffLine
from devices.states import (
    SERVICE_OPEN,
    SERVICE_TRANSITIONS,
    Algorithm,
    DeviceState,
    Move,
    Place,
    ProductKind,
    ServiceKind,
    ServiceState,
    ServiceStep,
)

__all__ = [
    "SERVICE_OPEN",
    "SERVICE_TRANSITIONS",
    "Algorithm",
    "CentreReceipt",
    "CentreVerb",
    "CheckOutcome",
    "CodeCheck",
    "Counter",
    "DeskTries",
    "Device",
    "DeviceService",
    "DeviceState",
    "Holding",
    "Move",
    "Place",
    "Product",
    "ProductKind",
    "SerialCheck",
    "ServiceKind",
    "ServiceState",
    "ServiceStep",
    "StockMovement",
    "Vendor",
    "Voucher",
    "WriteOff",
    "WriteOffLine",
    "lane",
    "seed",
]
