"""Where a reply is written: the text, its files, and « Envoyer »."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.services.contact import Awaited, Draft
from desktop.services.files import Staged
from desktop.views import wording
from desktop.views.contact.attachments import icon_of
from desktop.views.contact.staging import Landed, Staging, offered
from desktop.views.contact.yielding import Part, Yielding
from desktop.views.fields.flow import Flow
from desktop.views.fields.order import put_in_order
from desktop.views.fields.shapes import Button, ElidedLabel, IconButton, Label, announce
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

PLACEHOLDER: Final = "Votre réponse… (Ctrl+Entrée pour envoyer)"
_ROW: Final = 42
"""A line of files with its gap; beside a conversation there are two and the edge of the third, which tells of more."""
DROP_HERE: Final = f"ou glissez vos fichiers ici – 10{NBSP}Mo max."


class Writing(QPlainTextEdit):
    """A text field that grows with its text, takes pasted files and pictures, and sends on Ctrl+Entrée. One that
    `yields` is squeezed to a line where there is no room for more; the others keep the height of their text."""

    sent = Signal()
    brought = Signal()
    """Something was pasted that is not text: see `taken`."""

    def __init__(self, placeholder: str, name: str, *, lowest: int = 3, highest: int = 9, yields: bool = False) -> None:
        super().__init__()
        self._lowest, self._highest, self._yields = lowest, highest, yields
        self._brought: list[QMimeData] = []
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # the whole pane takes drops, and lights up
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.textChanged.connect(self.grow)
        self.grow()

    def set_lowest(self, lines: int) -> None:
        """Its least height: less in a low window."""
        if lines != self._lowest:
            self._lowest = lines
            self.grow()

    def taken(self) -> list[QMimeData]:
        """What was pasted since last asked."""
        brought, self._brought = self._brought, []
        return brought

    def grow(self) -> None:
        """As high as its text, within limits; the least when the window is low."""
        lines = round(self.document().size().height())
        lines = max(self._lowest, min(self._highest, lines))
        self.setMinimumHeight(self._high(1 if self._yields else lines))
        self.setMaximumHeight(self._high(lines))
        self.updateGeometry()

    def _high(self, lines: int) -> int:
        return lines * self.fontMetrics().lineSpacing() + 22

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.sent.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return offered(source) is not None or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if offered(source) is None:
            super().insertFromMimeData(source)
        else:
            self._brought.append(source)
            self.brought.emit()


class StagedChip(QFrame):
    """A file that goes with the message; Suppr or its button takes it out again."""

    removed = Signal()

    def __init__(self, name: str, size: int | None, media_type: str, icons: Icons) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        said = f" · {wording.size(size)}" if size is not None else " · lecture…"
        self.setAccessibleName(f"Pièce jointe{NBSP}: {name}{said}")
        self.gone = False
        self._icons, self._icon = icons, icon_of(media_type)
        self._picture = Label()
        icons.look.changed.connect(self._dress)
        self._dress()
        words = ElidedLabel(name, middle=True)
        words.setMaximumWidth(220)
        words.setProperty("role", "label")
        words.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        remove = IconButton(icons, "x", f"Supprimer la pièce jointe {name}", does=self._remove)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._picture)
        row.addWidget(words, 1)
        row.addWidget(Label(said.strip(), "meta"))
        row.addWidget(remove)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove()
        else:
            super().keyPressEvent(event)

    def _dress(self) -> None:
        self._picture.setPixmap(self._icons.pixmap(self._icon, "accent", 16, self.devicePixelRatioF()))

    def _remove(self) -> None:
        self.gone = True
        self.removed.emit()


class FileStrip(Part):
    """The files of a draft, those being read, and what is wrong with those that could not be taken. `changed` when the
    person, or the reading of a file, changed them. One that `yields` shows a line of them or two, and scrolls."""

    changed = Signal()
    drawn = Signal()
    """Its chips have been made anew."""

    def __init__(self, icons: Icons, *, yields: bool = False) -> None:
        super().__init__()
        self._icons = icons
        self.files: tuple[Staged, ...] = ()
        self._underway: tuple[str, ...] = ()
        self._chips: list[tuple[StagedChip, Staged | None]] = []
        inside = QWidget()
        self._flow = Flow(inside, gap=6)
        self._wrong = Label("", "error", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        least, most = (_ROW, 2 * _ROW + _ROW // 4) if yields else (None, None)
        column.addWidget(Yielding(inside, "Pièces jointes du message", least, most))
        column.addWidget(self._wrong)
        self.say("")
        self._draw()

    @property
    def chips(self) -> list[StagedChip]:
        return [chip for chip, _ in self._chips]

    @property
    def sentence(self) -> str:
        return self._wrong.text()

    def say(self, sentence: str) -> None:
        """What is wrong with a file, beside the files."""
        self._wrong.setText(sentence)
        self._wrong.setVisible(bool(sentence))
        if sentence:
            announce(self, sentence)
        self._show()

    def set_files(self, files: Sequence[Staged], underway: Sequence[str] = ()) -> None:
        if (tuple(files), tuple(underway)) != (self.files, self._underway):
            self.files, self._underway = tuple(files), tuple(underway)
            self._draw()

    def add(self, file: Staged, underway: Sequence[str]) -> None:
        """One more, unless it is there already under this name."""
        known = {(each.sha256, each.name) for each in self.files}
        if (file.sha256, file.name) not in known:
            self.set_files((*self.files, file), underway)

    def _draw(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._chips = [
            (StagedChip(file.name, file.size, file.media_type, self._icons), file) for file in self.files
        ] + [(StagedChip(name, None, "", self._icons), None) for name in self._underway]
        for chip, _ in self._chips:
            chip.removed.connect(self._sweep)
            self._flow.addWidget(chip)
            chip.show()  # now, not when Qt comes back to its event loop
        self._show()
        self.updateGeometry()
        self.drawn.emit()

    def _show(self) -> None:
        self.setVisible(bool(self.files or self._underway or self._wrong.text()))

    def _sweep(self) -> None:
        kept = tuple(file for chip, file in self._chips if file is not None and not chip.gone)
        self.say("")
        self.set_files(kept, self._underway)
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class _Answer:
    """Which awaited document a file of the draft is."""

    awaited: Awaited
    sha256: str | None


class Composer(Part):
    """Holds one draft at a time; whoever owns it keeps the draft on `changed` and sends on `send_asked`. `left` when
    Échap is pressed in it: the draft stays."""

    changed = Signal()
    send_asked = Signal()
    left = Signal()
    attach_asked = Signal()

    def __init__(self, icons: Icons, staging: Staging) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self.setAccessibleName("Votre réponse")
        self._staging = staging
        self._draft = Draft(key="")
        self._awaited: tuple[Awaited, ...] = ()
        self._answers: list[_Answer] = []
        self._loading = False
        self.text = Writing(PLACEHOLDER, "Votre réponse", yields=True)
        self.strip = FileStrip(icons, yields=True)
        self._answering = Label("", "secondary", wrap=True)
        self._answering.hide()
        self.attach = Button("Joindre un fichier", icons=icons, icon="paperclip", does=self.attach_asked.emit)
        self._hint = ElidedLabel(DROP_HERE, "secondary")
        self.send = Button("Envoyer", "primary", icons=icons, icon="send", does=self.send_asked.emit)
        self.send.setToolTip("Envoyer (Ctrl+Entrée)")
        self._build()
        self.text.textChanged.connect(self._told)
        self.text.sent.connect(self.send_asked)
        self.text.brought.connect(self._pasted)
        self.strip.changed.connect(self._files_changed)
        self.strip.drawn.connect(self._order)
        self._order()

    def _build(self) -> None:
        self._keys = QHBoxLayout()
        self._keys.setSpacing(Space.M)
        self._keys.addWidget(self.attach)
        self._keys.addWidget(self._hint, 1000)
        self._keys.addStretch(1)
        self._keys.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addWidget(self.text)
        column.addWidget(self.strip)
        column.addWidget(self._answering)
        column.addLayout(self._keys)

    # The draft

    @property
    def key(self) -> str:
        return self._draft.key

    def draft(self) -> Draft:
        """What is written now."""
        answers = tuple(answer.awaited.awaited_id for answer in self._answers)
        return Draft(key=self.key, text=self.text.toPlainText(), files=self.strip.files, answers=answers)

    @property
    def empty(self) -> bool:
        return not self.text.toPlainText().strip() and not self.strip.files

    def show_draft(self, draft: Draft, awaited: Sequence[Awaited]) -> None:
        """Another draft, or the same one as it is in the store. Nothing rings."""
        self._loading = True
        self._draft, self._awaited = draft, tuple(awaited)
        known = {one.awaited_id: one for one in awaited}
        self._answers = [_Answer(known[answer], None) for answer in draft.answers if answer in known]
        self.text.setPlainText(draft.text)
        cursor = self.text.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.text.setTextCursor(cursor)
        self.strip.say("")
        self.strip.set_files(draft.files, self._staging.underway(draft.key))
        self._show_answers()
        self._loading = False

    def land(self, landed: Landed) -> None:
        """A file of this draft has been read, or could not be."""
        if landed.file is not None:
            self.strip.add(landed.file, self._staging.underway(self.key))
            self.show_underway()
            self._answer(landed.answers, landed.file.sha256)
            self._told()
        if landed.sentence:
            self.strip.say(landed.sentence)

    def show_underway(self) -> None:
        self.strip.set_files(self.strip.files, self._staging.underway(self.key))

    def complain(self, sentence: str) -> None:
        """Why it cannot be sent as it is."""
        self.strip.say(sentence)
        self.text.setFocus()

    @property
    def answered(self) -> frozenset[str]:
        """The awaited documents that this draft brings."""
        return frozenset(answer.awaited.awaited_id for answer in self._answers)

    def _answer(self, awaited_id: str, sha256: str) -> None:
        awaited = next((one for one in self._awaited if one.awaited_id == awaited_id), None)
        if awaited is not None and awaited_id not in self.answered:
            self._answers.append(_Answer(awaited, sha256))
            self._show_answers()

    def _show_answers(self) -> None:
        labels = " · ".join(answer.awaited.label for answer in self._answers)
        self._answering.setText(f"En réponse à la demande de document{NBSP}: {labels}" if labels else "")
        self._answering.setVisible(bool(labels))

    def _files_changed(self) -> None:
        here = {file.sha256 for file in self.strip.files}
        self._answers = [one for one in self._answers if (one.sha256 in here if one.sha256 else bool(here))]
        self._show_answers()
        self._told()

    def _told(self) -> None:
        if not self._loading:
            if self.strip.sentence and self.sender() is self.text:
                self.strip.say("")
            self.changed.emit()

    def _pasted(self) -> None:
        for mime in self.text.taken():
            given = offered(mime)
            if given is not None:
                self._staging.take(self.key, given)

    # Keys and shape

    def _order(self) -> None:
        put_in_order(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hint.setVisible(event.size().width() >= 520)
