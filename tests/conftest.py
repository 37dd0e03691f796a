"""What several kinds of tests share: the running product, started once for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.product import Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product on a fresh data folder. Tests that use it speak as different clients."""
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product
