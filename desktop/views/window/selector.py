"""The space selector, top left: whose requests one looks at, found among thousands by typing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListView, QPushButton, QVBoxLayout

from desktop.services.portfolio import Portfolio
from desktop.services.portfolio import Space as Holding
from desktop.views import wording
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, ElidedLabel, line
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.window.choices import ALL, ROW, STAR, Entries, Entry, Painter, member
from desktop.views.wording import NBSP

_WIDTH: Final = 380
_FEW: Final = 6
"""Of so many spaces all are seen at once; of more the recent ones come first."""


class SelectorButton(QPushButton):
    """The company and its member number; opens the list."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.spaces = 0
        """How many the person has."""
        self.setProperty("role", "selector")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._name, self._number, self._arrow = (
            ElidedLabel(ALL, "choice"),
            ElidedLabel("", "meta", middle=True),
            QLabel(),
        )
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
        self.spaces = spaces
        name = space.company if space else ALL
        number = member(space) if space else wording.count(spaces, "espace")
        self._name.setText(name)
        self._number.setText(number)
        self.setToolTip(wording.tip(f"{name}\n{number}\nChanger d\u2019entreprise (Ctrl+E)"))
        self.setAccessibleName(f"Entreprise{NBSP}: {name}, {number}. Changer d\u2019entreprise")

    def _dress(self) -> None:
        self._arrow.setPixmap(self._icons.pixmap("chevron-down", "muted", 16, self.devicePixelRatioF()))


def _height(spaces: int) -> int:
    """Of the list: all rows of a few; of many as many as are seen at once, the last cut, since more come below it."""
    return ROW * (1 + spaces) if spaces <= _FEW else ROW * (1 + _FEW) + ROW // 2


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
        parent: SelectorButton,
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
        around = self.sizeHint().height() - self.list.sizeHint().height()
        self.setFixedSize(_WIDTH, around + _height(parent.spaces))
        self.search.settled.connect(self._read)
        self.search.installEventFilter(self)
        self._read()

    def open_under(self, button: QPushButton) -> None:
        place = button.mapToGlobal(QPoint(0, button.height() + 4))
        self.move(place)
        room = button.screen().availableGeometry().bottom() - place.y() - Space.S
        self.setFixedHeight(min(self.height(), room))
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
            self._on_star = event.position().x() < STAR
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
        few = len(spaces) <= _FEW
        heads = () if few or not recent else (Entry(heading="Récemment"), *recent, Entry(heading="Toutes"))
        return (Entry(), *heads, *spaces)
