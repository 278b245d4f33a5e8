"""The trees of all files are a million objects: whoever collects garbage beside them waits for each."""

from collections.abc import Iterator

import pytest

from tests.house.sources import source


@pytest.fixture(autouse=True, scope="module")
def let_the_trees_go() -> Iterator[None]:
    yield
    source.cache_clear()
