"""The bell: heard at once by whoever rang it, gathered from other threads, never by the dead."""

import threading

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.views.bell import Bell, Follow


def test_a_ring_of_the_gui_thread_is_heard_before_it_returns(bell: Bell) -> None:
    heard: list[frozenset[str]] = []
    bell.rung.connect(heard.append)
    bell.ring({"contact", "outbox"})
    assert heard == [frozenset({"contact", "outbox"})]


def test_rings_of_other_threads_are_gathered(bell: Bell, qtbot: QtBot) -> None:
    heard: list[frozenset[str]] = []
    bell.rung.connect(heard.append)

    def ring() -> None:
        for turn in range(1000):
            bell.ring({f"topic {turn % 3}"})

    threads = [threading.Thread(target=ring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == [], "nothing is heard outside of the GUI thread"
    qtbot.waitUntil(lambda: frozenset().union(*heard) == {"topic 0", "topic 1", "topic 2"})
    assert len(heard) <= 2, "4,000 rings are one or two"


def test_the_last_ring_is_never_lost(bell: Bell, qtbot: QtBot) -> None:
    heard: list[frozenset[str]] = []
    bell.rung.connect(heard.append)
    for turn in range(8):
        thread = threading.Thread(target=bell.ring_one, args=(f"last {turn}",))
        thread.start()
        thread.join()
        expected = f"last {turn}"
        qtbot.waitUntil(lambda expected=expected: any(expected in topics for topics in heard))


def test_a_ring_inside_a_ring_comes_after_it(bell: Bell) -> None:
    heard: list[str] = []

    def first(topics: frozenset[str]) -> None:
        heard.append(f"begins {sorted(topics)}")
        if "contact" in topics:
            bell.ring({"outbox"})
        heard.append(f"ends {sorted(topics)}")

    bell.rung.connect(first)
    bell.ring({"contact"})
    assert heard == ["begins ['contact']", "ends ['contact']", "begins ['outbox']", "ends ['outbox']"]


def test_a_widget_reads_when_shown_and_when_rung_for(bell: Bell, qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    read: list[str] = []
    Follow(widget, bell, {"contact"}, lambda: read.append("read"))
    bell.ring({"contact"})
    assert read == [], "a hidden widget waits"
    widget.show()
    assert read == ["read"]
    bell.ring({"portfolio"})
    assert read == ["read"], "another subject is not its business"
    bell.ring({"contact"})
    assert read == ["read"] * 2
    widget.hide()
    bell.ring({"contact"})
    bell.ring({"contact"})
    widget.show()
    assert read == ["read"] * 3, "what was missed is read once"
    widget.hide()
    widget.show()
    assert read == ["read"] * 3, "nothing new, nothing read"


def test_a_dead_widget_is_unhooked(bell: Bell, qtbot: QtBot, capsys: pytest.CaptureFixture[str]) -> None:
    widget = QWidget()
    read: list[str] = []
    Follow(widget, bell, {"contact"}, lambda: read.append("read"))
    widget.show()
    delete(widget)
    bell.ring({"contact"})
    assert read == ["read"]
    assert capsys.readouterr().err == ""
