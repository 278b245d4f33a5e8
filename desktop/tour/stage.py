"""What the tour plays on: the real windows, the hands that click and type in them, and the camera.

Widgets are found as a person finds them, by the words on them. Nothing waits for a while: every wait is for something
to be seen, and one that is in vain ends the tour with a sentence.
"""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from PySide6.QtCore import QDeadlineTimer, QEvent, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPdfWriter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)

from desktop.account import Services
from desktop.app import App, Options
from desktop.demo import PortalChild, vault_in
from desktop.services.contact import RequestRow
from desktop.services.sync import LinkState
from desktop.tour.camera import Camera
from desktop.tour.patience import LOOK_AGAIN, PATIENCE, NotSeen, until
from desktop.views.contact.listing import ListPane
from desktop.views.contact.reading import Reading
from desktop.views.opening import Appearance
from desktop.views.window.frame import Window
from desktop.views.window.workplace import Workplace

W = TypeVar("W", bound=QWidget)

SIZE: Final = QSize(1280, 800)
NOTHING: Final = Qt.KeyboardModifier.NoModifier
CONTROL: Final = Qt.KeyboardModifier.ControlModifier


class Stage:
    """One run of the client, on a fresh profile, with the demonstration's portal."""

    def __init__(
        self, qt: QApplication, child: PortalChild, profile: Path, pictures: Path, look: Appearance | None = None
    ) -> None:
        self.qt, self.child, self.pictures, self._look = qt, child, pictures, look
        self._taken = 0
        options = Options(
            folder=profile,
            vault=partial(vault_in, profile),
            undo_seconds=4.0,
            poll_seconds=1.0,
            appearance=look or Appearance.LIGHT,
            bundled_font=True,
        )
        self._app: App | None = None
        self._options = options
        self.folder = profile

    def enter(self) -> None:
        """Opens the window, as `volet` does, on the portal that answers by now."""
        self._app = App(self.qt, replace(self._options, portal=self.child.address))
        self._app.start()

    def leave(self) -> None:
        if self._app is not None:
            self._app.close()

    # What is there

    @property
    def app(self) -> App:
        if self._app is None:
            raise NotSeen("La fenêtre n’est pas ouverte.")
        return self._app

    @property
    def window(self) -> Window:
        return self.app.window

    @property
    def workplace(self) -> Workplace:
        if self.app.workplace is None:
            raise NotSeen("La fenêtre de travail n’est pas ouverte.")
        return self.app.workplace

    @property
    def services(self) -> Services:
        """Read, never told anything: what is done is done by hand."""
        if self.app.services is None:
            raise NotSeen("Les données ne sont pas ouvertes.")
        return self.app.services

    @property
    def pane(self) -> ListPane:
        """The list and what narrows it."""
        return self.workplace.contact.list

    @property
    def reading(self) -> Reading:
        return self.workplace.contact.reading

    @property
    def row(self) -> RequestRow:
        """The request that is open."""
        return self.row_of(self.reading.request_id or "")

    def row_of(self, request_id: str) -> RequestRow:
        sheet = self.services.contact.sheet(request_id)
        if sheet is None:
            raise NotSeen("Aucune demande n’est ouverte.")
        return sheet.row

    def rows(self) -> list[RequestRow]:
        """All that the list holds now, in its order."""
        rows = self.pane.table.rows
        return [row for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]

    def pdf_of(self, request_id: str) -> bool:
        """Whether its conversation holds a PDF."""
        messages = self.services.contact.conversation(request_id)
        return any(file.name.lower().endswith(".pdf") for message in messages for file in message.attachments)

    def in_step(self) -> bool:
        """The client holds what the portal has, and nothing waits to be sent."""
        link = self.services.sync.link
        return link.state is LinkState.ONLINE and link.progress is None and link.last is not None

    def delivered(self) -> bool:
        """Everything has left: the outbox is empty."""
        return not self.services.outbox.waiting()

    def all_listed(self) -> bool:
        """The list shows every request of its scope, and that scope is not empty."""
        return 0 < len(self.rows()) == self.services.contact.counts(self.pane.query).all

    # Waiting

    def until(self, seen: Callable[[], object], otherwise: str, patience: int = PATIENCE) -> None:
        """Goes on as soon as `seen()` is true. Raises `NotSeen` with `otherwise`."""
        until(seen, otherwise, patience)

    def find(self, kind: type[W], words: str, within: QWidget | None = None) -> W:
        """The visible widget of that kind that says `words` (its text or its accessible name begins so)."""
        found: list[W] = []

        def look() -> bool:
            found[:] = [each for each in self._candidates(kind, within) if _says(each, words)]
            return bool(found)

        self.until(look, f"«\u00a0{words}\u00a0» n’est pas à l’écran.", 10_000)
        return min(found, key=_length)

    def _candidates(self, kind: type[W], within: QWidget | None) -> list[W]:
        tops = [within] if within is not None else [top for top in self.qt.topLevelWidgets() if top.isVisible()]
        return [each for top in tops for each in [*top.findChildren(kind)] if each.isVisible()]

    def says(self, words: str) -> bool:
        """Whether these words stand anywhere on the screen, in a label, a button or a name told to assistive tools."""
        return any(_says(each, words, anywhere=True) for each in self._candidates(QWidget, None))

    @staticmethod
    def miss(sentence: str) -> NoReturn:
        raise NotSeen(sentence)

    # Hands

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.until(widget.isEnabled, f"«\u00a0{_words(widget)}\u00a0» ne peut pas être pressé.", 10_000)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, NOTHING, at or widget.rect().center())

    def press(self, words: str, within: QWidget | None = None) -> None:
        """Clicks the button with these words."""
        self.click(self.find(QAbstractButton, words, within))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NOTHING) -> None:
        QTest.keyClick(self._focus, key, modifiers)

    @property
    def _focus(self) -> QWidget:
        """Where keys go."""
        self._come_forward()
        return self.qt.focusWidget() or self.window.focusWidget() or self.window

    def _come_forward(self) -> None:
        """Without a screen nobody brings a window to the front but its program."""
        if self.qt.activeWindow() is None and self.qt.activePopupWidget() is None:
            self.window.activateWindow()
            self.until(lambda: self.qt.activeWindow() is not None, "La fenêtre ne vient pas au premier plan.")

    def write(self, text: str, into: QWidget | None = None) -> None:
        """Types it, key by key; what stood there is replaced."""
        if into is not None:
            self.click(into)
            QTest.keyClick(into, Qt.Key.Key_A, CONTROL)
        widget = into or self._focus
        for line, part in enumerate(text.split("\n")):
            if line:
                QTest.keyClick(widget, Qt.Key.Key_Return)
            for char in part:
                press_key(widget, char)

    def choose(self, menu: QMenu, words: str) -> None:
        """Picks an entry of an open menu."""
        for action in menu.actions():
            if action.text().startswith(words):
                QTest.mouseClick(menu, Qt.MouseButton.LeftButton, NOTHING, menu.actionGeometry(action).center())
                return
        raise NotSeen(f"Le menu n’a pas «\u00a0{words}\u00a0».")

    def tick(self, words: str, within: QWidget) -> None:
        """Clicks a box on its square."""
        box = self.find(QCheckBox, words, within)
        self.click(box, QPoint(10, box.rect().center().y()))

    def pick(self, combo: QComboBox, words: str) -> None:
        """Goes down the list by the keyboard to the entry that holds these words."""
        combo.setFocus(Qt.FocusReason.TabFocusReason)
        while words not in combo.currentText():
            if combo.currentIndex() == combo.count() - 1:
                raise NotSeen(f"La liste n’a pas «\u00a0{words}\u00a0».")
            QTest.keyClick(combo, Qt.Key.Key_Down)

    def open_menu(self, button: QPushButton) -> QMenu:
        """A button's menu, open."""
        menu = button.menu()
        QTimer.singleShot(0, button.click)
        self.until(menu.isVisible, "Le menu ne s’ouvre pas.")
        return menu

    def open_row(self, wanted: Callable[[RequestRow], bool], what: str) -> RequestRow:
        """Clicks the first row of the list that is wanted, and waits until it is open."""
        table = self.pane.table
        for place in range(table.rows.rowCount()):
            row = table.rows.row(place)
            if row is not None and wanted(row):
                table.scrollTo(table.rows.index(place, 0))
                box = table.visualRect(table.rows.index(place, 0))
                QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, NOTHING, box.center())
                self.shown(row.request_id, what)
                return row
        raise NotSeen(f"{what} n’est pas dans la liste.")

    def shown(self, request_id: str, what: str) -> None:
        """Waits until this request is open with its messages."""
        self.until(lambda: self.reading.request_id == request_id, f"{what} ne s’ouvre pas.")
        self.until(lambda: self.reading.conversation.bubbles, f"{what} ne montre aucun message.")

    def pick_file(self, path: Path, press: Callable[[], None]) -> None:
        """Does what opens the dialog for files, which holds up whoever opened it, and answers it with the path."""
        wrong: list[NotSeen] = []
        answer = partial(self._answer_dialog, path, QDeadlineTimer(PATIENCE), wrong)
        QTimer.singleShot(0, answer)
        press()
        if wrong:
            raise wrong[0]

    def _answer_dialog(self, path: Path, deadline: QDeadlineTimer, wrong: list[NotSeen]) -> None:
        dialog = self.qt.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            try:
                field = self.find(QLineEdit, "", dialog)
                field.setText(str(path))
                QTest.keyClick(field, Qt.Key.Key_Return)
            except NotSeen as error:
                wrong.append(error)
            if dialog.isVisible():
                dialog.reject()
        elif deadline.hasExpired():
            wrong.append(NotSeen("La fenêtre de choix des fichiers ne s’est pas ouverte."))
        else:
            QTimer.singleShot(LOOK_AGAIN, partial(self._answer_dialog, path, deadline, wrong))

    # The other people

    def adviser(self, *words: str) -> None:
        """The adviser does something in her terminal, whether the portal runs or not."""
        try:
            self.child.adviser(words)
        except subprocess.SubprocessError as error:
            raise NotSeen(f"La commande du conseiller échoue\u00a0: {getattr(error, 'output', '')}") from None

    def end_session(self) -> None:
        """The portal knows the session no more, as when somebody ends it there or it has lasted too long. The client
        learns of it at its next question."""
        entrance = self.services.entrance
        entrance.portal.sign_out(entrance.session.access())

    def restart_portal(self) -> None:
        self.child.start()
        self.until(lambda: self.child.address, "Le portail ne redémarre pas.")

    def paper(self, name: str, words: str) -> Path:
        """A PDF of one page, as a clerk has it on her disk."""
        path = self.folder / "papiers" / name
        path.parent.mkdir(exist_ok=True)
        writer = QPdfWriter(str(path))
        painter = QPainter(writer)
        painter.drawText(QRect(600, 900, 8000, 4000), Qt.AlignmentFlag.AlignLeft, words)
        painter.end()
        return path

    # The camera

    def picture(self, name: str, drawn: Callable[[], bool] | None = None) -> None:
        """`NN-name-light.png` and `NN-name-dark.png`, whatever is open over the window included. `drawn`: as in
        `Camera.still`. The look that is there comes first and the other one stays, for each change of it costs as much
        as all else: half of the steps are played in the dark. One picture alone when the tour has one look."""
        self._taken += 1
        other = Appearance.LIGHT if self.app.look.appearance is Appearance.DARK else Appearance.DARK
        for appearance in (self.app.look.appearance, other) if self._look is None else (self._look,):
            self.app.look.choose(appearance)
            self._come_forward()
            file = self.pictures / f"{self._taken:02}-{name}-{appearance.value}.png"
            if not Camera(self.qt, self.window).still(drawn).save(str(file)):
                raise NotSeen(f"L’image {file.name} n’a pas pu être enregistrée.")

    def mishap(self) -> None:
        """What was there instead of what the step should have shown."""
        if self._app is not None:
            Camera(self.qt, self.window).snap().save(str(self.pictures / "99-non-vu.png"))


def press_key(widget: QWidget, char: str) -> None:
    """One character, as a keyboard sends it; QTest knows only those of English."""
    if char.isascii():
        QTest.keyClicks(widget, char)
        return
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, 0, NOTHING, char))


def _words(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    said = text() if callable(text) else ""
    return str(said) or widget.accessibleName() or widget.windowTitle()


def _says(widget: QWidget, words: str, *, anywhere: bool = False) -> bool:
    text = getattr(widget, "text", None)
    said = [str(text()) if callable(text) else "", widget.accessibleName(), widget.windowTitle()]
    return any(words in each if anywhere else each.startswith(words) for each in said)


def _length(widget: QWidget) -> int:
    return len(_words(widget))
