"""The space selector, top left: whose requests one looks at, found among thousands by typing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from desktop.services.portfolio import Portfolio
from desktop.services.portfolio import Space as Holding
from desktop.views import wording
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, ElidedLabel, line
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Size, Space, font
from desktop.views.wording import NBSP

ALL: Final = "Toutes mes entreprises"
_ROW: Final = 50
_HEADING: Final = 30
_STAR: Final = 34
Index = QModelIndex | QPersistentModelIndex


def member(space: Holding) -> str:
    """`Adhérent 7000123`, with the space's own name when it has one."""
    said = f"Adhérent{NBSP}{space.member_number}"
    return f"{said} · {space.label}" if space.label else said


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the list: a heading, « Toutes mes entreprises » (neither), or a space."""

    heading: str = ""
    space: Holding | None = None


class SelectorButton(QPushButton):
    """The company and its member number; opens the list."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setProperty("role", "selector")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name, self._number, self._arrow = ElidedLabel(ALL, "choice"), ElidedLabel("", "meta"), QLabel()
        for label in (self._name, self._number, self._arrow):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._name)
        second = QHBoxLayout()
        second.addWidget(self._number, 1)
        second.addWidget(self._arrow)
        words.addLayout(second)
        words.addStretch(1)
        words.setContentsMargins(10, 4, Space.S, 4)
        self.setLayout(words)
        icons.look.changed.connect(self._dress)
        self._dress()
        self.tell(None, 0)

    def tell(self, space: Holding | None, spaces: int) -> None:
        """Whose space it is now; None for all `spaces` of them."""
        name = space.company if space else ALL
        number = member(space) if space else wording.count(spaces, "espace")
        self._name.setText(name)
        self._number.setText(number)
        self.setToolTip(wording.tip(f"{name}\n{number}\nChanger d\u2019entreprise (Ctrl+E)"))
        self.setAccessibleName(f"Entreprise{NBSP}: {name}, {number}. Changer d\u2019entreprise")

    def _dress(self) -> None:
        self._arrow.setPixmap(self._icons.pixmap("chevron-down", "muted", 16, self.devicePixelRatioF()))


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
        return QSize(200, _HEADING if heading else _ROW)

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
        words = QRect(box.left() + _STAR + 6, box.top() + 6, right - box.left() - _STAR - 14, 20)
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


class SelectorList(QFrame):
    """The popup: a search, « Toutes mes entreprises », the recent spaces, then all, favourites first."""

    def __init__(
        self,
        icons: Icons,
        reader: Later,
        portfolio: Portfolio,
        unread: dict[str, int],
        choose: Callable[[str | None], None],
        add: Callable[[], None],
        parent: QPushButton,
        current: str | None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("role", "card")
        self.setAccessibleName("Choisir une entreprise")
        self._reader, self._portfolio, self._unread = reader, portfolio, unread
        self._choose_space, self._add, self._current = choose, add, current
        self._told: str | None = None
        self._hurried = False
        self.search = SearchField(icons, "Nom, SIREN, SIRET ou n° d\u2019adhérent…", pause_ms=60)
        self.entries = Entries(self)
        self.list = QListView()
        self._dress_list(icons)
        self._empty = ElidedLabel("", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.hide()
        self._favourite = Button("Favori", "flat", icons=icons, icon="star", does=self._toggle_current)
        self._favourite.setToolTip("Mettre en tête de liste, ou l\u2019en retirer")
        adder = Button("Ajouter un espace…", "flat", icons=icons, icon="plus", does=self._ask_add)
        foot = QHBoxLayout()
        foot.addWidget(self._favourite)
        foot.addStretch(1)
        foot.addWidget(adder)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, Space.S, Space.S, Space.XS)
        column.setSpacing(Space.S)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        column.addWidget(line())
        column.addLayout(foot)
        self.setFixedSize(380, 440)
        self.search.settled.connect(self._read)
        self.search.installEventFilter(self)
        self._read()

    def open_under(self, button: QPushButton) -> None:
        self.move(button.mapToGlobal(QPoint(0, button.height() + 4)))
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _dress_list(self, icons: Icons) -> None:
        self.list.setAccessibleName("Entreprises")
        self.list.setProperty("role", "choices")
        self.list.setModel(self.entries)
        self.list.setItemDelegate(Painter(icons, self.list))
        self.list.setMouseTracking(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setBatchSize(100)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._clicked)
        self.list.activated.connect(self._chosen)
        self.list.viewport().installEventFilter(self)
        self._on_star = False

    # Reading

    def _read(self) -> None:
        self._reader.ask(self, _Found(self._portfolio, self.search.text()), self._show)

    def _show(self, found: tuple[str, tuple[Entry, ...]]) -> None:
        self._told, entries = found
        self.entries.show(entries, self._unread)
        self.list.setVisible(bool(entries))
        self._empty.setVisible(not entries)
        self._empty.setText(f"Aucune entreprise pour «{NBSP}{self.search.text()}{NBSP}»")
        place = self.entries.place(None if self.search.text() else self._current)
        if place >= 0:
            self.list.setCurrentIndex(self.entries.index(place))
        if self._hurried:
            self._choose()

    # Choosing

    def _choose(self) -> None:
        """Entrée. While the list still answers an earlier text, the choice waits for that of the text typed: whoever
        types a number and Entrée in one breath must not land in the company that stood there before."""
        self._hurried = self._told != self.search.text()
        if self._hurried:
            self._read()
        else:
            self._chosen(self.list.currentIndex())

    def _clicked(self, index: QModelIndex) -> None:
        if self._on_star and self.entries.entry(index).space is not None:
            self._toggle(self.entries.entry(index))
        else:
            self._chosen(index)

    def _chosen(self, index: QModelIndex) -> None:
        if not index.isValid() or self.entries.entry(index).heading:
            return
        space = self.entries.entry(index).space
        self.close()
        self._choose_space(space.space_id if space else None)

    def _toggle_current(self) -> None:
        if self.list.currentIndex().isValid():
            self._toggle(self.entries.entry(self.list.currentIndex()))

    def _toggle(self, entry: Entry) -> None:
        if entry.space is not None:
            self._current = entry.space.space_id
            self._portfolio.set_favourite(entry.space.space_id, not entry.space.favourite)
            self._read()

    def _ask_add(self) -> None:
        self.close()
        self._add()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._on_star = event.position().x() < _STAR
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._move(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        place = self.list.currentIndex().row() + step
        while 0 <= place < self.entries.rowCount() and self.entries.entry(self.entries.index(place)).heading:
            place += step
        if 0 <= place < self.entries.rowCount():
            self.list.setCurrentIndex(self.entries.index(place))


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows for a text; run on the reader's thread."""

    portfolio: Portfolio
    text: str

    def __call__(self) -> tuple[str, tuple[Entry, ...]]:
        """The text, and what answers it."""
        return self.text, self._entries()

    def _entries(self) -> tuple[Entry, ...]:
        spaces = tuple(Entry(space=space) for space in self.portfolio.spaces(self.text))
        if self.text.strip():
            return spaces
        recent = tuple(Entry(space=space) for space in self.portfolio.recent()[:4])
        few = len(spaces) <= 6
        heads = () if few or not recent else (Entry(heading="Récemment"), *recent, Entry(heading="Toutes"))
        return (Entry(), *heads, *spaces)
