"""Spaces to tick among thousands, and rights."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.services import folding
from desktop.services.users import Place
from desktop.services.users.masks import MAIN, RIGHTS
from desktop.views import wording
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.users import saying

Index = QModelIndex | QPersistentModelIndex
_TALL = 190


class _Spaces(QAbstractListModel):
    """`changed` when other spaces are ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.places: tuple[Place, ...] = ()
        self.shown: tuple[Place, ...] = ()
        self.ticked: set[str] = set()

    def show(self, places: Sequence[Place], text: str) -> None:
        self.beginResetModel()
        self.places = tuple(places)
        self.shown = tuple(place for place in self.places if not text.strip() or folding.found_in(text, _words(place)))
        self.endResetModel()

    def tick(self, space_ids: Sequence[str], *, on: bool) -> None:
        self.ticked = self.ticked | set(space_ids) if on else self.ticked - set(space_ids)
        if self.shown:
            self.dataChanged.emit(self.index(0), self.index(len(self.shown) - 1))
        self.changed.emit()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return saying.space(place)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if place.space_id in self.ticked else Qt.CheckState.Unchecked
        return wording.tip(saying.space(place)) if role == Qt.ItemDataRole.ToolTipRole else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick([self.shown[index.row()].space_id], on=Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


class _WholeRow(QStyledItemDelegate):
    """A click anywhere on a row ticks it: the name is the larger target."""

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        if not isinstance(event, QMouseEvent):
            return super().editorEvent(event, model, option, index)
        if event.type() is QEvent.Type.MouseButtonRelease and event.button() is Qt.MouseButton.LeftButton:
            ticked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
            wanted = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            return model.setData(index, wanted, Qt.ItemDataRole.CheckStateRole)
        return False


class SpacePicker(QWidget):
    """`changed` when other spaces are ticked. Espace ticks the current one, as a click on it does."""

    changed = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.search = SearchField(icons, "Chercher une entreprise, un n° d\u2019adhérent…", pause_ms=60)
        self.rows = _Spaces()
        self.rows.setParent(self)
        self.list = QListView()
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_WholeRow(self.list))
        self.list.setAccessibleName("Espaces")
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(_TALL)
        self.list.setFrameShape(QListView.Shape.StyledPanel)
        self.list.setProperty("role", "choices")
        self.count = Label("", "secondary")
        self.all = Button("Tout cocher", "link", does=self._tick_all)
        self.none = Button("Tout décocher", "link", does=self._untick_all)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.count, 1)
        row.addWidget(self.all)
        row.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.search)
        column.addWidget(self.list)
        column.addLayout(row)
        self.setFocusProxy(self.search)
        self.search.settled.connect(self._narrow)
        self.rows.changed.connect(self._told)

    @property
    def space_ids(self) -> tuple[str, ...]:
        """The ticked ones, in the order of the list."""
        return tuple(place.space_id for place in self.rows.places if place.space_id in self.rows.ticked)

    def show_places(self, places: Sequence[Place], ticked: Sequence[str]) -> None:
        self.rows.ticked = set(ticked)
        self.rows.show(places, self.search.text())
        self._tell()

    def _narrow(self) -> None:
        self.rows.show(self.rows.places, self.search.text())
        self.all.setText("Cocher ce qui est affiché" if self.search.text() else "Tout cocher")

    def _tick_all(self) -> None:
        self.rows.tick([place.space_id for place in self.rows.shown], on=True)

    def _untick_all(self) -> None:
        self.rows.tick([place.space_id for place in self.rows.shown], on=False)

    def _told(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        number = len(self.space_ids)
        of = wording.number(len(self.rows.places))
        self.count.setText(f"{wording.count(number, 'espace coché', 'espaces cochés')} sur {of}")


class RightPicker(QWidget):
    """A box for each right, in the portal's words. `changed` when others are ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.boxes = {right.value: QCheckBox(right.value) for right in RIGHTS}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(2)
        for place, box in enumerate(self.boxes.values()):
            grid.addWidget(box, place // 2, place % 2)
            box.clicked.connect(self.changed)
        self.setFocusProxy(next(iter(self.boxes.values())))

    @property
    def rights(self) -> tuple[str, ...]:
        return tuple(right for right, box in self.boxes.items() if box.isChecked())

    def show_rights(self, labels: Mapping[str, str], ticked: Sequence[str], *, main: bool) -> None:
        """`main`: one may name main administrators."""
        for right, box in self.boxes.items():
            box.setText(labels.get(right, right))
            box.setChecked(right in ticked)
        last = self.boxes[RIGHTS[MAIN].value]
        last.setVisible(main or last.isChecked())


def _words(place: Place) -> str:
    return folding.searchable([place.company, place.label, place.member_number, place.siret])
