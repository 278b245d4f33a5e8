"""The files of the review at the left: each with how far it has come and what is wrong with it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QMenu,
    QProgressBar,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.views import wording
from desktop.views.allowances.entries import Entry, Progress, State
from desktop.views.allowances.reviewed import OpenFile
from desktop.views.fields.shapes import Button, ElidedLabel, Label, announce
from desktop.views.icons import Icons
from desktop.views.tokens import Radius, Size, Space, font
from desktop.views.wording import NNBSP

ROW: Final = 62
_PARTS: Final = 1000
Index = QModelIndex | QPersistentModelIndex
ENTRY: Final = Qt.ItemDataRole.UserRole
KINDS: Final = MappingProxyType(
    {
        "portal-csv": "Export de l’espace client (CSV)",
        "portal-xlsx": "Export de l’espace client (XLSX)",
        "portal-pdf": "Relevé de l’espace client (PDF)",
        "bpij-xml": "BPIJ de l’Assurance maladie (XML)",
        "bpij-pdf": "BPIJ de l’Assurance maladie (PDF)",
        "csv": "Tableau (CSV)",
        "xlsx": "Classeur (XLSX)",
        "portal": "Espace client (en ligne)",
    }
)
"""What each kind of file is called, by the value of `FileKind`."""


@dataclass(frozen=True, slots=True)
class FilesDo:
    """What the list and the page of a file lead to; each file by its ticket, each line by its number there."""

    choose: Callable[[], None]
    choose_folder: Callable[[], None]
    stop: Callable[[], None]
    teach: Callable[[int], None]
    forget: Callable[[int], None]
    correct: Callable[[int, int], None]
    withdraw: Callable[[int, int], None]


def told(file: OpenFile) -> str:
    """« 3 rejetées, 1 total inexact, 1 234 lignes »: what is wrong comes first, for the end may be cut; what is right
    is said in one word."""
    lines = wording.count(file.height, "ligne")
    if file.portal:
        return f"{lines}, au {wording.day(file.at)}" if file.at is not None else lines
    wrong = [wording.count(len(file.rejected), "rejetée")] if file.rejected else []
    if file.failed:
        wrong.append(wording.count(len(file.failed), "total inexact", "totaux inexacts"))
    if wrong:
        return ", ".join((*wrong, lines))
    right = wording.count(len(file.controls), "total juste", "totaux justes") if file.controls else "lu en entier"
    return f"{lines}, {right}"


def told_whole(entry: Entry, share: float) -> str:
    """The same with how many lines were told by hand, for which a row has no room."""
    by_hand = entry.file.by_hand if entry.file is not None else 0
    more = f", dont {wording.count(by_hand, 'corrigée')} à la main" if by_hand else ""
    return f"{status(entry, share)}{more}"


def status(entry: Entry, share: float = 0.0) -> str:
    """The second line of a row."""
    if entry.file is not None:
        return told(entry.file)
    if entry.state is State.READING:
        return f"Lecture… {round(share * 100)}{NNBSP}%" if share else "Lecture…"
    return {
        State.WAITING: "En attente de lecture",
        State.UNREADABLE: "Illisible",
        State.UNTAUGHT: "Colonnes à indiquer",
    }.get(entry.state, "")


def face(entry: Entry) -> tuple[str, str]:
    """Icon and ink of a row: a shape for each state, never colour alone."""
    if entry.file is not None:
        return ("circle-check", "ok") if entry.file.whole else ("triangle-alert", "going")
    return {
        State.READING: ("refresh-cw", "accent"),
        State.UNREADABLE: ("circle-x", "error"),
        State.UNTAUGHT: ("circle-question-mark", "going"),
    }.get(entry.state, ("hourglass", "muted"))


class _Entries(QAbstractListModel):
    """The rows; `share` is how much of the file that is being read is."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.share = 0.0

    def tell(self, entries: Sequence[Entry], share: float) -> None:
        """What is the same file stays the same row, so that selection and place are kept."""
        self.share = share
        fresh = tuple(entries)
        before = [each.ticket for each in self.entries]
        now = [each.ticket for each in fresh]
        if now == before:
            self.entries = fresh
            if fresh:
                self.dataChanged.emit(self.index(0), self.index(len(fresh) - 1))
            return
        if now[: len(before)] == before:
            self.beginInsertRows(QModelIndex(), len(before), len(now) - 1)
            self.entries = fresh
            self.endInsertRows()
            return
        self.beginResetModel()
        self.entries = fresh
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        said = told_whole(entry, self.share)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return wording.sentence(entry.name, said, entry.problem.sentence if entry.problem else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            why = f"\n{entry.problem.sentence}" if entry.problem else ""
            return wording.tip(f"{entry.name}\n{said}{why}")
        return None


class _Painter(QStyledItemDelegate):
    """Name, state and, while it is read, a bar."""

    def __init__(self, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry, model = index.data(ENTRY), index.model()
        if not isinstance(entry, Entry) or not isinstance(model, _Entries):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        self._paint_words(painter, option.rect, entry, model.share)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        look, state = self._icons.look, option.state
        card = QRectF(option.rect).adjusted(Space.S, 2, -Space.S, -2)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("selection" if chosen else "hover"))
            painter.drawRoundedRect(card, Radius.CARD, Radius.CARD)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawRoundedRect(card.adjusted(1, 1, -1, -1), Radius.CARD - 1, Radius.CARD - 1)

    def _paint_words(self, painter: QPainter, box: QRect, entry: Entry, share: float) -> None:
        look, ratio = self._icons.look, painter.device().devicePixelRatio()
        left, top = box.left() + 20, box.top() + 11
        icon, ink = face(entry)
        painter.drawPixmap(left, top + 1, self._icons.pixmap(icon, ink, Size.ICON, ratio))
        words = QRect(left + 28, top, box.right() - left - 28 - 18, 20)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(Size.BODY, 600))
        painter.setPen(look.colour("text"))
        name = painter.fontMetrics().elidedText(entry.name, Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, flags, name)
        words.translate(0, 21)
        painter.setFont(font(Size.META, tabular=True))
        painter.setPen(look.colour("muted" if ink in {"ok", "accent", "muted"} else ink))
        said = painter.fontMetrics().elidedText(status(entry, share), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, flags, said)
        if entry.state is State.READING:
            bar = QRectF(words.left(), words.bottom() + 3, words.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("press"))
            painter.drawRoundedRect(bar, 1.5, 1.5)
            painter.setBrush(look.colour("accent"))
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * share, 3), 1.5, 1.5)


class _List(QListView):
    """Suppr takes a file out; Entrée opens the columns of one that needs them."""

    def __init__(self, does: FilesDo) -> None:
        super().__init__()
        self._does = does
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setAccessibleName("Fichiers ouverts")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def entry(self) -> Entry | None:
        found = self.currentIndex().data(ENTRY)
        return found if isinstance(found, Entry) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry, key = self.entry(), event.key()
        if entry is not None and not entry.portal and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._does.forget(entry.ticket)
        elif entry is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and entry.state is State.UNTAUGHT:
            self._does.teach(entry.ticket)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
        entry = self.entry()
        if entry is None or entry.portal:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if entry.state is State.UNTAUGHT:
            menu.addAction("Indiquer les colonnes…").triggered.connect(self._teach)
        menu.addAction("Retirer ce fichier").triggered.connect(self._forget)
        menu.popup(event.globalPos())

    def _teach(self) -> None:
        entry = self.entry()
        if entry is not None:
            self._does.teach(entry.ticket)

    def _forget(self) -> None:
        entry = self.entry()
        if entry is not None:
            self._does.forget(entry.ticket)


class FilesPane(QWidget):
    """`chosen` rings when another file is current; `current` is it."""

    chosen = Signal()

    def __init__(self, icons: Icons, does: FilesDo) -> None:
        super().__init__()
        self.setAccessibleName("Fichiers")
        self._rows = _Entries(self)
        self.list = _List(does)
        self.list.setModel(self._rows)
        self.list.setItemDelegate(_Painter(icons, self.list))
        self.list.selectionModel().currentChanged.connect(self.chosen)
        self.list.clicked.connect(self.chosen)
        icons.look.changed.connect(self.list.viewport().update)
        self._count = ElidedLabel("", "meta")
        self._add = Button("Ajouter", icons=icons, icon="plus")
        self._add.setAccessibleName("Ajouter des fichiers ou un dossier")
        menu = QMenu(self._add)
        menu.addAction("Des fichiers…").triggered.connect(does.choose)
        menu.addAction("Un dossier…").triggered.connect(does.choose_folder)
        self._add.setMenu(menu)
        self.course = Course(does.stop)
        title = QHBoxLayout()
        title.setSpacing(Space.S)
        title.addWidget(Label("Fichiers", "heading"), 1)
        title.addWidget(self._add)
        head = QVBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.M, Space.S)
        head.setSpacing(Space.XS)
        head.addLayout(title)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self.course)

    @property
    def current(self) -> Entry | None:
        return self.list.entry()

    def tell(self, entries: Sequence[Entry], progress: Progress | None, *, can_stop: bool) -> None:
        """The list as it is now; what was current still is, wherever it has come to stand."""
        current = self.current
        self._rows.tell(entries, progress.share if progress is not None and progress.name else 0.0)
        if current is not None and self.current is None:
            with QSignalBlocker(self.list.selectionModel()):
                self.go_to(current.ticket)
        lines = sum(each.file.height for each in entries if each.file is not None)
        troubled = sum(each.troubled for each in entries)
        wrong = f", {wording.number(troubled)} à revoir" if troubled else ""
        files = wording.count(sum(not each.portal for each in entries), "fichier")
        self._count.setText(f"{files}{wrong} · {wording.count(lines, 'ligne')}")
        self.course.tell(progress, can_stop=can_stop)

    def go_to(self, ticket: int) -> None:
        for place, entry in enumerate(self._rows.entries):
            if entry.ticket == ticket:
                self.list.setCurrentIndex(self._rows.index(place))


class Course(QFrame):
    """What is under way, with « Annuler »."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._words = ElidedLabel("", "secondary", middle=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Avancement")
        self._stop = Button("Annuler", "flat", does=stop)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._words, 1)
        row.addWidget(self._stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.S, Space.S, Space.M)
        column.setSpacing(Space.XS)
        column.addLayout(row)
        column.addWidget(self._bar)
        self.hide()

    def tell(self, progress: Progress | None, *, can_stop: bool) -> None:
        if progress is None:
            self.hide()
            return
        if progress.name:
            said = f"Lecture{wording.NBSP}: {progress.place} sur {progress.whole}"
        else:
            said = "Recherche des fichiers…" if can_stop else "Contrôle des lignes…"
        if said != self._words.text():
            self._words.setText(said)
            announce(self, said)
        steps = max(1, progress.whole) if progress.name else 1
        done = (progress.place - 1 if progress.name else 0) + progress.share
        self._bar.setRange(0, _PARTS)
        self._bar.setValue(round(_PARTS * done / steps))
        self._stop.setVisible(can_stop)
        self.show()
