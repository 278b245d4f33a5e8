"""The parts of the review beside the list of files: a row of their names, and the one that is chosen."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.views import wording
from desktop.views.allowances.reviewed import Part, Reviewed
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip, Ground
from desktop.views.icons import Icons
from desktop.views.tokens import Space

_REVEAL: Final = "Afficher les NIR"
_GAP: Final = 6
_EYE: Final = 40
"""What the eye takes without its words: they must not keep the window from getting smaller."""
_BETWEEN_MS: Final = 20
"""From one part to the next: what the person does meanwhile comes first."""


class Parts(QWidget):
    """Each part is told of each state of the review, also one that is made later: `add_soon` makes it in a turn of the
    event loop of its own, for all of them at once would keep the window from answering."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self._told: Reviewed | None = None
        self._coming = False
        self._parts: dict[str, QWidget] = {}
        self._still: deque[tuple[str, Callable[[], QWidget]]] = deque()
        self._chips, self._chosen = Flow(gap=Space.XS), QButtonGroup(self)
        self._shown = QStackedWidget()
        self.revealing = Button(_REVEAL, "flat")
        self.revealing.setMinimumWidth(_EYE)
        self._worn = ("", False)
        self.revealing.setCheckable(True)
        head = Ground("top")
        self._row = row = QHBoxLayout(head)
        row.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        row.setSpacing(Space.XS)
        row.addLayout(self._chips, 1)
        row.addWidget(self.revealing, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._shown, 1)
        self._chosen.idClicked.connect(self._shown.setCurrentIndex)
        self._name(_REVEAL)
        self.revealing.toggled.connect(self._reveal)
        self._turn = QTimer(self)
        self._turn.setInterval(_BETWEEN_MS)
        self._turn.timeout.connect(self._make_next)

    def __iter__(self) -> Iterator[QWidget]:
        """Those that are there, in their order."""
        return iter(self._parts.values())

    @property
    def complete(self) -> bool:
        """All that will be there is."""
        return not self._still

    @property
    def empty(self) -> bool:
        """None is there yet."""
        return not self._parts

    @property
    def part(self) -> QWidget:
        """The one that is shown; all of them while there is none."""
        return list(self._parts.values())[self._shown.currentIndex()] if self._parts else self

    def add(self, name: str, part: QWidget) -> None:
        """The first one is shown first; while there is but one, there are no names."""
        chip = Chip(name)
        self._chosen.addButton(chip, len(self._parts))
        self._chips.addWidget(chip)
        self._parts[name] = part
        self._shown.addWidget(part)
        chip.setChecked(len(self._parts) == 1)
        for each in self._chosen.buttons():
            each.setVisible(len(self._parts) > 1)
        self._name(self.revealing.accessibleName())
        listening = cast("Part", part)
        listening.tell(self._told)
        _expect(part, coming=self._coming)
        if self.revealing.isChecked():
            listening.reveal(revealed=True)

    def add_soon(self, name: str, make: Callable[[], QWidget]) -> None:
        """The same once the window has answered what is before."""
        self._still.append((name, make))
        self._turn.start()

    def _make_next(self) -> None:
        name, make = self._still[0]
        self.add(name, make())
        self._still.popleft()
        if not self._still:
            self._turn.stop()

    def tell(self, reviewed: Reviewed | None) -> None:
        self._told = reviewed
        for part in self:
            cast("Part", part).tell(reviewed)

    def expect(self, *, coming: bool) -> None:
        """Whether another state of the review is being made."""
        if coming != self._coming:
            self._coming = coming
            for part in self:
                _expect(part, coming=coming)

    def show_part(self, wanted: str | QWidget) -> None:
        """By its name, or itself."""
        part = self._parts.get(wanted) if isinstance(wanted, str) else wanted
        if part is not None:
            place = self._shown.indexOf(part)
            self._shown.setCurrentIndex(place)
            self._chosen.button(place).setChecked(True)

    def having(self, ability: str) -> QWidget | None:
        """The part that is shown, or the first one, that can do this."""
        return next((each for each in (self.part, *self) if callable(getattr(each, ability, None))), None)

    def hide_nirs(self) -> None:
        self.revealing.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._name(self.revealing.accessibleName())

    def _name(self, name: str) -> None:
        """An eye alone says little: its words stand beside it wherever there is room for them."""
        self.revealing.setAccessibleName(name)
        self.revealing.setToolTip(wording.tip(name))
        self.revealing.setText(name)
        chips = [chip.sizeHint().width() + Space.XS for chip in self._chosen.buttons() if not chip.isHidden()]
        worded = sum(chips) + self.revealing.sizeHint().width() + 2 * Space.M <= self.width()
        if not worded:
            self.revealing.setText("")
        if (name, worded) != self._worn:
            self._worn = name, worded
            icon, ink = ("eye-off", "accent") if self.revealing.isChecked() else ("eye", "text")
            self._icons.dress(self.revealing, icon, ink, gap=_GAP if worded else 0)

    def _reveal(self, revealed: bool) -> None:
        name = "Masquer les NIR" if revealed else _REVEAL
        self._name(name)
        for part in self:
            cast("Part", part).reveal(revealed=revealed)


def _expect(part: QWidget, *, coming: bool) -> None:
    """Of the parts that show what is out of date meanwhile."""
    expect = getattr(part, "expect", None)
    if callable(expect):
        expect(coming=coming)
