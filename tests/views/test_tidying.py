"""No QObject dies on another thread than its own."""

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.views.tidying import Tidying


@pytest.fixture
def tidying(qapp: QObject) -> Iterator[Tidying]:
    gc.enable()
    made = Tidying(QObject(qapp))
    yield made
    made.stop()


class Knot:
    """Garbage that only the collector can undo; tells on which thread it went."""

    def __init__(self, gone: list[int]) -> None:
        self.myself, self.gone = self, gone

    def __del__(self) -> None:
        self.gone.append(threading.get_ident())


def test_another_thread_may_allocate_as_it_likes(tidying: Tidying, qtbot: QtBot) -> None:
    gone: list[int] = []
    Knot(gone)

    kept: list[list[int]] = []

    def allocate() -> None:
        kept.extend([number] for number in range(200_000))

    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()
    assert gone == [], "the interpreter would have collected here"
    qtbot.waitUntil(lambda: gone == [threading.get_ident()], timeout=5000)


def test_what_has_settled_is_not_looked_through_again(tidying: Tidying) -> None:
    tidying.settle()
    assert gc.get_freeze_count() > 0
    assert gc.collect() == 0


def test_what_had_settled_goes_once_it_is_put_away(tidying: Tidying) -> None:
    gone: list[int] = []
    kept = [Knot(gone)]
    tidying.settle()
    kept.clear()
    gc.collect()
    assert gone == [], "it was settled"
    tidying.settle()
    assert gone == [threading.get_ident()]


def test_in_the_end_all_is_as_before(qapp: QObject) -> None:
    gc.enable()
    made = Tidying(QObject(qapp))
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_the_end_of_one_within_another_changes_nothing(tidying: Tidying) -> None:
    within = Tidying(tidying)
    within.stop()
    assert not gc.isenabled()
    within.stop()
    tidying.stop()
    assert gc.isenabled()
    within.stop()
    assert gc.isenabled()
