from devices.models import seed
from devices.models.catalogue import Product, Vendor
from devices.models.centre import CentreReceipt, CentreVerb
from devices.models.counter import Counter, DeskTries
from devices.models.holding import Holding
from devices.models.stock import Device, lane
from devices.models.verification import CheckOutcome, CodeCheck
from devices.states import DeviceState, ProductKind

__all__ = [
    "CentreReceipt",
    "CentreVerb",
    "CheckOutcome",
    "CodeCheck",
    "Counter",
    "DeskTries",
    "Device",
    "DeviceState",
    "Holding",
    "Product",
    "ProductKind",
    "Vendor",
    "lane",
    "seed",
]
