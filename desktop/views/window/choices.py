"""The rows of the space selector: what they hold, what they say, how they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.services.portfolio import Space as Holding
from desktop.views import wording
from desktop.views.icons import Icons
from desktop.views.tokens import Size, font

ALL: Final = "Toutes mes entreprises"
ROW: Final = 50
_HEADING: Final = 30
STAR: Final = 34
Index = QModelIndex | QPersistentModelIndex


def member(space: Holding) -> str:
    """Which space of a company: `Usine de Brest · adhérent n° 7000123`; without a name of its own, `Adhérent n° …`."""
    own = space.label if space.label != space.company else ""
    said = wording.place(space.member_number, own)
    return said if own else said.capitalize()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the list: a heading, « Toutes mes entreprises » (neither), or a space."""

    heading: str = ""
    space: Holding | None = None


class Entries(QAbstractListModel):
    """The rows of the list, with what is unread in each space."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._unread: dict[str, int] = {}

    def show(self, entries: Sequence[Entry], unread: dict[str, int]) -> None:
        self.beginResetModel()
        self._entries, self._unread = tuple(entries), unread
        self.endResetModel()

    def entry(self, index: Index) -> Entry:
        return self._entries[index.row()]

    def unread(self, entry: Entry) -> int:
        return self._unread.get(entry.space.space_id, 0) if entry.space else sum(self._unread.values())

    def place(self, space_id: str | None) -> int:
        """Where a space is listed (last, so outside of the recent ones); the first row that can be chosen otherwise."""
        for place in reversed(range(len(self._entries))):
            space = self._entries[place].space
            if space is not None and space.space_id == space_id:
                return place
        return next((place for place, entry in enumerate(self._entries) if not entry.heading), -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.NoItemFlags if self.entry(index).heading else super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self._entries):
            return None
        entry = self.entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.heading or (entry.space.company if entry.space else ALL)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._said(entry)
        if role == Qt.ItemDataRole.ToolTipRole and entry.space:
            words = f"{entry.space.company}\n{member(entry.space)}\nSIRET {wording.siret(entry.space.siret)}"
            return wording.tip(words)
        return None

    def _said(self, entry: Entry) -> str:
        if entry.heading:
            return entry.heading
        unread = self.unread(entry)
        tail = wording.count(unread, "non lue") if unread else ""
        if entry.space is None:
            return wording.sentence(ALL, tail)
        return wording.sentence(
            entry.space.company, member(entry.space), "favori" if entry.space.favourite else "", tail
        )


class Painter(QStyledItemDelegate):
    """Two lines and a star for a space; one for all; a quiet word for a heading."""

    def __init__(self, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        heading = isinstance(model, Entries) and bool(model.entry(index).heading)
        return QSize(200, _HEADING if heading else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, Entries):
            return
        entry, look = model.entry(index), self._icons.look
        box: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.heading:
            painter.setFont(font(Size.META, 600))
            painter.setPen(look.colour("muted"))
            painter.drawText(box.adjusted(12, 6, -8, 0), Qt.AlignmentFlag.AlignVCenter, entry.heading)
        else:
            state = option.state
            ground = "selection" if state & QStyle.StateFlag.State_Selected else "hover"
            if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour(ground))
                painter.drawRoundedRect(box.adjusted(4, 1, -4, -1), 6, 6)
            self._paint_words(painter, box, entry, model.unread(entry))
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, entry: Entry, unread: int) -> None:
        look = self._icons.look
        ratio = painter.device().devicePixelRatio()
        icon, ink = ("layout-grid", "muted") if entry.space is None else ("star", "muted")
        if entry.space is not None and entry.space.favourite:
            icon, ink = "star-filled", "accent"
        painter.drawPixmap(box.left() + 13, box.center().y() - 8, self._icons.pixmap(icon, ink, 16, ratio))
        right = self._paint_unread(painter, box, unread)
        words = QRect(box.left() + STAR + 6, box.top() + 6, right - box.left() - STAR - 14, 20)
        name = entry.space.company if entry.space else ALL
        painter.setFont(font(Size.BODY, 600))
        painter.setPen(look.colour("text"))
        if entry.space is None:
            words = QRect(words.left(), box.top(), words.width(), box.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        painter.drawText(words, flags, metrics.elidedText(name, Qt.TextElideMode.ElideRight, words.width()))
        if entry.space is not None:
            painter.setFont(font(Size.META, tabular=True))
            painter.setPen(look.colour("muted"))
            words.translate(0, 19)
            said = painter.fontMetrics().elidedText(member(entry.space), Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, flags, said)

    def _paint_unread(self, painter: QPainter, box: QRect, unread: int) -> int:
        if not unread:
            return box.right() - 10
        painter.setFont(font(Size.META, 700))
        text = wording.number(unread)
        width = max(20, painter.fontMetrics().horizontalAdvance(text) + 12)
        place = QRect(box.right() - width - 12, box.center().y() - 9, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._icons.look.colour("accent"))
        painter.drawRoundedRect(place, 10, 10)
        painter.setPen(self._icons.look.colour("on_accent"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
        return place.left()
