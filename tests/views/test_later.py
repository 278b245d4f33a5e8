"""Long work off the GUI thread: the newest request wins, late answers are dropped, stopping is clean."""

import os
import subprocess
import sys
import threading
import time

import pytest
from PySide6.QtCore import QObject
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop.views.later import Later
from tests.views.conftest import Watchdog


class Gate:
    """Work that begins, and ends when it is let."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.began, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.began.set()
        assert self.may_end.wait(10)
        return f"{self.answer} of {threading.current_thread().name}"


def test_an_answer_comes_home_to_the_gui_thread(later: Later, qtbot: QtBot) -> None:
    asker, answers = QObject(), []
    here = threading.get_ident()
    later.ask(
        asker, lambda: threading.current_thread().name, lambda name: answers.append((name, threading.get_ident()))
    )
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [("reader", here)]


def test_the_newest_request_wins(later: Later, qtbot: QtBot) -> None:
    asker, answers = QObject(), []
    slow, never, last = Gate("slow"), Gate("never"), Gate("last")
    last.may_end.set()
    later.ask(asker, slow, answers.append)
    assert slow.began.wait(10)
    later.ask(asker, never, answers.append)
    later.ask(asker, last, answers.append)
    slow.may_end.set()
    qtbot.waitUntil(lambda: later.idle)
    assert answers == ["last of reader"]
    assert not never.began.is_set(), "what was replaced before it began is not even run"


def test_other_askers_and_other_questions_are_not_replaced(later: Later, qtbot: QtBot) -> None:
    one, other, answers = QObject(), QObject(), []
    gate = Gate("gate")
    later.ask(one, gate, lambda _: answers.append("gate"))
    later.ask(one, lambda: 0, lambda _: answers.append("one, count"), what="count")
    later.ask(other, lambda: 0, lambda _: answers.append("other"))
    gate.may_end.set()
    qtbot.waitUntil(lambda: later.idle)
    assert answers == ["gate", "one, count", "other"]


def test_the_replaced_work_is_interrupted_and_no_other(qtbot: QtBot) -> None:
    interrupted: list[str] = []
    later = Later("reader", interrupt=lambda: interrupted.append("cut"))
    asker, other, gate = QObject(), QObject(), Gate("gate")
    later.ask(asker, gate, lambda _: None)
    assert gate.began.wait(10)
    later.ask(other, lambda: 0, lambda _: None)
    assert interrupted == []
    later.ask(asker, lambda: 0, lambda _: None)
    assert interrupted == ["cut"]
    gate.may_end.set()
    qtbot.waitUntil(lambda: later.idle)
    later.stop()
    assert interrupted == ["cut"], "nothing ran any more"


def test_a_failure_is_handed_to_whoever_takes_it(later: Later, qtbot: QtBot) -> None:
    asker, failures = QObject(), []
    later.ask(asker, lambda: 1 // 0, lambda _: None, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert isinstance(failures[0], ZeroDivisionError)


def test_a_failure_nobody_takes_reaches_the_hook(later: Later, qtbot: QtBot) -> None:
    with capture_exceptions() as caught:
        later.ask(QObject(), lambda: 1 // 0, lambda _: None)
        asker = QObject()
        later.ask(asker, lambda: 1 // 0, lambda _: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_an_answer_for_the_dead_is_dropped(later: Later, qtbot: QtBot) -> None:
    asker, answers, gate = QObject(), [], Gate("gate")
    later.ask(asker, gate, answers.append)
    assert gate.began.wait(10)
    delete(asker)
    gate.may_end.set()
    qtbot.waitUntil(lambda: later.idle)
    assert answers == []


def test_stopping_waits_for_what_runs_and_answers_no_more(qtbot: QtBot) -> None:
    later, asker, answers, gate = Later("reader"), QObject(), [], Gate("gate")
    later.ask(asker, gate, answers.append)
    assert gate.began.wait(10)
    gate.may_end.set()
    later.stop()
    later.ask(asker, lambda: 0, answers.append)
    assert later.idle
    assert answers == []


def test_the_gui_thread_is_free_while_the_reader_works(later: Later, watchdog: Watchdog) -> None:
    gate, asker, answers = Gate("gate"), QObject(), []
    threading.Timer(0.4, gate.may_end.set).start()
    watchdog.during(lambda: later.ask(asker, gate, answers.append))
    watchdog.until(lambda: bool(answers))


def test_the_watchdog_bites(qapp: object) -> None:
    dog = Watchdog()
    dog.during(lambda: threading.Event().wait(0.2))
    assert dog.longest > dog.limit


def test_the_watchdog_does_not_bite_a_loaded_machine(qapp: object) -> None:
    """Three busy processes for each processor: the thread waits for its turn, and that is not its doing."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3 * (os.cpu_count() or 1))]
    try:
        dog = Watchdog()
        dog.during(lambda: sum(range(4_000_000)))
    finally:
        for each in busy:
            each.kill()
            each.wait()
    assert dog.longest <= dog.limit


@pytest.mark.parametrize("turns", [200])
def test_requests_in_quick_succession_end_with_the_last(later: Later, qtbot: QtBot, turns: int) -> None:
    asker, answers = QObject(), []

    def number(turn: int) -> int:
        return turn

    for turn in range(turns):
        later.ask(asker, lambda turn=turn: number(turn), answers.append)
    qtbot.waitUntil(lambda: bool(answers) and answers[-1] == turns - 1)
    assert answers == sorted(answers)


def test_the_watchdog_bites_at_work_too(qapp: object) -> None:
    def work() -> None:
        until = time.thread_time() + 0.2
        while time.thread_time() < until:
            pass

    dog = Watchdog()
    dog.during(work)
    assert dog.longest > dog.limit
