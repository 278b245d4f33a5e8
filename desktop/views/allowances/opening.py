"""What is seen while the first long file is being read: its first lines, at once, and that the others are coming."""

from typing import Final

from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.views.allowances.glimpse import COLUMNS, Glimpse
from desktop.views.allowances.tables import Table
from desktop.views.fields.shapes import ElidedLabel, announce
from desktop.views.tokens import Space

_SAID: Final = "Lecture en cours… Voici les premières lignes\u202f; les autres arrivent."


class OpeningView(QWidget):
    """`tell` with the first lines, or with None once the whole is there."""

    def __init__(self, clipboard: QClipboard) -> None:
        super().__init__()
        self.setAccessibleName("Lecture en cours")
        self._shown: Glimpse | None = None
        self.rows = Table("Premières lignes", [(title, right) for _, title, right in COLUMNS], clipboard)
        said = ElidedLabel(_SAID, "secondary")
        head = QHBoxLayout()
        head.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        head.addWidget(said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.rows, 1)

    @property
    def shows(self) -> bool:
        """There are rows in it."""
        return self._shown is not None

    def tell(self, first: Glimpse | None) -> None:
        if first is self._shown:
            return
        self._shown = first
        texts = first.rows if first is not None else ()
        self.rows.tell(len(texts), texts.__getitem__)
        if first is not None:
            announce(self, _SAID)
