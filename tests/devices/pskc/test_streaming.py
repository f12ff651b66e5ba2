"""A lot of a hundred thousand devices passes through without being held."""

import tracemalloc
from io import BytesIO
from pathlib import Path

import pytest

from devices import pskc
from devices.seed_file.refusals import Malformed
from nh_otp.gateways.simulators.seed_vendor import make_devices, write_pskc
from tests.devices.pskc.paper import KEY


class Trickle:
    """A stream that can only be read forward, in pieces of an odd size, like a request body."""

    def __init__(self, content: bytes, piece: int) -> None:
        self._rest, self._piece = BytesIO(content), piece

    def read(self, size: int, /) -> bytes:
        return self._rest.read(min(size, self._piece))

    @property
    def taken(self) -> int:
        return self._rest.tell()


@pytest.fixture
def lot(tmp_path: Path) -> bytes:
    path = tmp_path / "lot.xml"
    write_pskc(path, make_devices(f"NH{number:06}" for number in range(2_000)), transport_key=KEY)
    return path.read_bytes()


def test_the_first_device_comes_out_long_before_the_file_is_read(lot: bytes) -> None:
    stream = Trickle(lot, 4096)

    first = next(pskc.read(stream, key=KEY))

    assert first.serial == "NH000000"
    assert stream.taken == 4096


@pytest.mark.parametrize("piece", [7, 1000, 65536])
def test_it_does_not_matter_where_the_pieces_break(lot: bytes, piece: int) -> None:
    found = list(pskc.read(Trickle(lot, piece), key=KEY))

    assert [device.serial for device in found] == [f"NH{number:06}" for number in range(2_000)]


def test_a_lot_that_breaks_off_is_refused_at_its_end(lot: bytes) -> None:
    devices = pskc.read(BytesIO(lot[:-10]), key=KEY)
    came_out = 0

    with pytest.raises(Malformed):
        for _ in devices:
            came_out += 1

    assert came_out == 2_000


def test_two_thousand_devices_take_little_more_memory_than_one(lot: bytes) -> None:
    tracemalloc.start()
    count = sum(1 for _ in pskc.read(BytesIO(lot), key=KEY))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 2_000
    assert peak < 2_000_000
