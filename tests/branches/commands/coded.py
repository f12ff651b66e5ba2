"""A case whose new device came in through the verifier, so that its codes can be told from its secret."""

from dataclasses import dataclass

from branches.models import ReissueCase
from devices.models import Device
from nh_otp.gateways.simulators.seed_vendor import MadeDevice
from tests.devices.verifier import desk
from tests.factories.cast import Cast, product

SECRET = b"twenty bytes of seed"


@dataclass
class Coded:
    """The cast with a device in the teller's till whose secret the test knows."""

    cast: Cast
    serial: str = "261100990001"

    def __post_init__(self) -> None:
        lot = [MadeDevice(self.serial, SECRET, digits=6, period=60)]
        desk.sealed(lot, of=product(), at=self.cast.home, till=self.cast.teller.staff_no)
        self.cast.new_device = Device.objects.select_related("product").get(serial=self.serial)

    def shows(self, case: ReissueCase) -> desk.Desk:
        """The device on the desk."""
        return desk.Desk(case, self.cast.new_device, SECRET, self.cast.teller.staff_no)
