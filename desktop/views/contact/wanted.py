"""The documents that a topic wants, as a list to tick off by bringing them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.files import Staged
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_ROOMY: Final = 440


class Wanted(QFrame):
    """`drawn` when its lines have been made anew."""

    drawn = Signal()

    def __init__(self, icons: Icons, bring: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._icons, self._bring = icons, bring
        self._documents: tuple[tuple[str, bool], ...] = ()
        self._brought: dict[str, str] = {}
        self._lines: list[QWidget] = []
        self._beside: list[QBoxLayout] = []
        self._buttons: list[QWidget] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(Label("Documents à joindre", "heading"))
        column.addLayout(self._rows)
        icons.look.changed.connect(self._draw)
        self.hide()

    @property
    def missing(self) -> QWidget | None:
        """The button that brings the first document which has to come and has not."""
        for (label, required), button in zip(self._documents, self._buttons, strict=True):
            if required and label not in self._brought:
                return button
        return None

    def show_documents(self, documents: Sequence[tuple[str, bool]]) -> None:
        self._documents, self._brought = tuple(documents), {}
        self._draw()

    def brought(self, label: str, sha256: str) -> None:
        """The file that was chosen for this document."""
        if label:
            self._brought[label] = sha256

    def show_files(self, files: Sequence[Staged]) -> None:
        here = {file.sha256 for file in files}
        self._brought = {label: sha256 for label, sha256 in self._brought.items() if sha256 in here}
        self._draw()

    def _draw(self) -> None:
        for line in self._lines:
            line.hide()
            line.deleteLater()
        self._beside, self._buttons = [], []
        self._lines = [self._line(label, required) for label, required in self._documents]
        for line in self._lines:
            self._rows.addWidget(line)
            line.show()
        self.setVisible(bool(self._documents))
        self.drawn.emit()

    def _line(self, label: str, required: bool) -> QWidget:
        done = label in self._brought
        line = QWidget()
        picture = Label()
        icon, ink = ("circle-check", "ok") if done else ("circle", "muted")
        picture.setPixmap(self._icons.pixmap(icon, ink, 16, self.devicePixelRatioF()))
        words = Label(label, "", wrap=True)
        state = "joint" if done else "obligatoire" if required else "facultatif"
        button = Button("Joindre ce document", "link")
        button.setAccessibleName(f"Joindre ce document{NBSP}: {label} ({state})")
        button.clicked.connect(partial(self._bring, label))
        if done:  # never shown before it has its place: it would be a window of its own for a moment
            button.hide()
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(picture)
        row.addWidget(words, 1)
        row.addWidget(Label(state, "error" if required and not done else "meta"))
        beside = QBoxLayout(self._direction(), line)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(Space.XS)
        beside.addLayout(row, 1)
        beside.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._beside.append(beside)
        self._buttons.append(button)
        return line

    def _direction(self) -> QBoxLayout.Direction:
        """In a narrow form the button stands below the name of the document."""
        wide = self.width() >= _ROOMY
        return QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for beside in self._beside:
            beside.setDirection(self._direction())
