"""The suite asks hypothesis for the same examples each time; the long proofs do not come here, and ask for new ones."""

import sys

import pytest
from hypothesis import settings

settings.register_profile("the same each time", derandomize=True, database=None)
settings.load_profile("the same each time")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, whatever the order of the rest: at the end one core would wait for it."""
    items.sort(key=lambda item: item.name != "test_the_tour_shows_what_it_should")


def pytest_sessionfinish() -> None:
    """The screenless platform keeps what was copied until after the interpreter is gone, and then crashes on it."""
    if (gui := sys.modules.get("PySide6.QtGui")) and gui.QGuiApplication.instance() is not None:
        gui.QGuiApplication.clipboard().clear()
