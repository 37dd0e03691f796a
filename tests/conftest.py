"""What several kinds of tests share: the running product, started once for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.product import Product, running
from tests.stage import Stage


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product on a fresh data folder. Tests that use it set their own scene or speak as different clients."""
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture
def stage(product: Product) -> Stage:
    return Stage(product.settings)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test with the product pays for its start: 25 s alone, minutes on a machine that is at work."""
    for item in items:
        if "product" in getattr(item, "fixturenames", ()) and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(300))
