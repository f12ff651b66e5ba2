"""One running product for all journeys, and those who walk through it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.desk import Desk
from tests.journeys.hands import chromium
from tests.journeys.product import Product, running


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    with running() as product:
        yield product


@pytest.fixture(scope="session")
def teller(product: Product) -> Desk:
    return Desk(product, "2022027").sign_in()


@pytest.fixture(scope="session")
def supervisor(product: Product) -> Desk:
    return Desk(product, "2009018").sign_in()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
