"""The one place for boxes, and what may be told of an unexpected error."""

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.problems import Problem, StoreFault
from desktop.views import notices
from desktop.views.notices import Report, Unexpected, confirm, report
from tests.views.walking import slips, unnamed, visible_strings

SECRET = "Mme Lefèvre-Dubois, 2 85 05 78 006 084 36"


def fail(text: str) -> None:
    raise ValueError(text)


def failed() -> tuple[type[BaseException], BaseException, object]:
    try:
        fail(SECRET)
    except ValueError:
        kind, error, trace = sys.exc_info()
        assert kind is not None
        assert error is not None
        return kind, error, trace
    raise AssertionError


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def met() -> list[Problem]:
    return []


@pytest.fixture
def unexpected(window: QWidget, qapp: QApplication, met: list[Problem]) -> Iterator[Unexpected]:
    made = Unexpected(window, qapp.clipboard(), lambda: "1.2.3", met.append)
    yield made
    made.uninstall()


def boxes(window: QWidget) -> list[QMessageBox]:
    return [each for each in window.findChildren(QMessageBox) if each.isVisible()]


def test_a_report_tells_where_and_never_what() -> None:
    kind, _, trace = failed()
    made = report(kind, trace, "1.2.3")  # type: ignore[arg-type]
    assert "ValueError" in made.told
    assert "test_notices.py:" in made.told
    assert "Lefèvre" not in made.told
    assert "78 006" not in made.told
    assert "/" not in made.told.split("Chemin")[1].replace("desktop/", ""), "no folder of the person's"
    assert made.code in made.told


def test_the_same_slip_has_the_same_code_everywhere() -> None:
    first, second = (report(failed()[0], failed()[2], "1") for _ in range(2))  # type: ignore[arg-type]
    assert first == second
    assert isinstance(first, Report)


def test_an_unexpected_error_is_shown_once_with_its_report(
    unexpected: Unexpected, window: QWidget, qtbot: QtBot, qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    happened = failed()
    unexpected.handle(*happened)  # type: ignore[arg-type]
    unexpected.handle(*happened)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: len(boxes(window)) == 1)
    box = boxes(window)[0]
    assert "V-" in box.text()
    copy = next(each for each in box.findChildren(QPushButton) if each.text() == "Copier le rapport")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "ValueError" in qapp.clipboard().text()
    assert SECRET not in qapp.clipboard().text()
    assert boxes(window) == [box], "copying does not close it"
    assert SECRET not in caplog.text
    assert {(where, text): slips(text) for where, text in visible_strings(box) if slips(text)} == {}
    assert unnamed(box) == []
    box.close()
    unexpected.handle(*happened)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: not unexpected._reports)
    assert boxes(window) == [], "the same is not told twice"


def test_an_error_of_another_thread_comes_home(unexpected: Unexpected, window: QWidget, qtbot: QtBot) -> None:
    unexpected.install()
    thread = threading.Thread(target=fail, args=(SECRET,))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(boxes(window)) == 1)
    boxes(window)[0].close()


def test_a_problem_of_the_world_is_no_bug(
    unexpected: Unexpected, window: QWidget, qtbot: QtBot, met: list[Problem], caplog: pytest.LogCaptureFixture
) -> None:
    problem = StoreFault("Le disque est plein.")
    unexpected.handle(StoreFault, problem, None)
    qtbot.waitUntil(lambda: met == [problem])
    assert boxes(window) == []
    assert caplog.text == ""


def test_the_hooks_are_given_back(unexpected: Unexpected) -> None:
    before = sys.excepthook, threading.excepthook
    unexpected.install()
    assert sys.excepthook == unexpected.handle
    unexpected.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_question_is_answered_by_verbs_and_escape_keeps(window: QWidget, qtbot: QtBot) -> None:
    done: list[str] = []
    ask = ("Supprimer la pièce jointe\u202f?", "Elle ne pourra pas être retrouvée.", "Supprimer", "Conserver")
    box = confirm(window, *ask, lambda: done.append("deleted"))
    assert sorted(each.text() for each in box.buttons()) == ["Conserver", "Supprimer"]
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert done == []
    box = confirm(window, *ask, lambda: done.append("deleted"))
    qtbot.mouseClick(next(each for each in box.buttons() if each.text() == "Supprimer"), Qt.MouseButton.LeftButton)
    assert done == ["deleted"]
    assert boxes(window) == []


def test_a_box_shows_markup_and_never_obeys_it(window: QWidget) -> None:
    hostile = "<img src='file:///etc/hostname'>Lefèvre"
    made = [
        confirm(window, hostile, hostile, "Supprimer", "Conserver", window.update),
        notices.tell(window, hostile, hostile),
    ]
    for box in made:
        told = [label for label in box.findChildren(QLabel) if label.text() == hostile]
        assert [label.textFormat() for label in told] == [Qt.TextFormat.PlainText] * 2
        box.close()


def test_what_was_asked_for_is_told(window: QWidget, qtbot: QtBot) -> None:
    box = notices.tell(window, "Volet", "Une phrase.")
    assert [each.text() for each in box.buttons()] == ["Fermer"]
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert boxes(window) == []
