"""The payments that the portal has shown, as one more file of the review: known by itself, and by the bell when others
have come or gone."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.services.problems import Problem
from desktop.views.allowances.desk import Paid
from desktop.views.allowances.entries import PAYMENTS, Entry, State
from desktop.views.allowances.hands import Read
from desktop.views.allowances.reviewed import PORTAL, OpenFile
from desktop.views.later import Later

if TYPE_CHECKING:
    from desktop.services.review.archive import Part

_QUIET_MS = 400
"""Payments come page by page: what they make is looked at once no more come."""
_NAME = "Paiements du portail"


class Payments(QObject):
    """`others` rings when there are other payments than before; `told` when more is known of the same. Without an
    account there are never any."""

    others = Signal()
    told = Signal()

    def __init__(self, paid: Paid | None, keeper: Later, parent: QObject) -> None:
        super().__init__(parent)
        self._paid, self._keeper = paid, keeper
        self._mark = ""
        self._read: Read | None = None
        self._entry: Entry | None = None
        self.known = paid is None
        """It has been looked whether there are any."""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self.look)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """One, or none."""
        return (self._entry,) if self._entry is not None else ()

    @property
    def reads(self) -> tuple[Read, ...]:
        """As `hands.judged` takes it."""
        return (self._read,) if self._read is not None else ()

    def look_soon(self) -> None:
        """The bell has rung."""
        if self._paid is not None:
            self._quiet.start()

    def look(self) -> None:
        """Whether there are others now."""
        if self._paid is not None:
            self._keeper.ask(self, partial(_read, self._paid), self._take, self._fail, what="payments")

    def number(self, number: int | None) -> None:
        """Which place among the reviewed files it has."""
        if self._entry is not None:
            self._entry = replace(self._entry, number=number)

    def _take(self, found: tuple[Read | None, str]) -> None:
        read, mark = found
        same, self._mark, self._read = mark == self._mark, mark, read
        before = self._entry
        number = before.number if before is not None else None
        self._entry = Entry(PAYMENTS, _NAME, State.READ, file=read.file, number=number) if read is not None else None
        first, self.known = not self.known, True
        if not same:
            self.others.emit()
        elif first or before != self._entry:
            self.told.emit()

    def _fail(self, error: Exception) -> None:
        """They cannot be read: the review of files goes on without them, and says so."""
        if not isinstance(error, Problem):
            raise error
        had, self._read, self._mark, self.known = self._read is not None, None, "", True
        self._entry = Entry(PAYMENTS, _NAME, State.UNREADABLE, problem=error)
        (self.others if had else self.told).emit()


def _read(paid: Paid) -> tuple[Read | None, str]:
    from desktop.services.review.whole import FileKind

    count, mark = paid.extent()
    if not count:
        return None, mark
    file = OpenFile(
        sha256=PORTAL,
        name=_NAME,
        kind=FileKind.PORTAL,
        height=count,
        lines=count,
        rejected=(),
        controls=(),
        columns=(),
        notes=(),
        apart=(),
        kept=True,
        at=paid.last(),
    )
    return Read(file, None, again=_lines(paid), mark=mark), mark


def _lines(paid: Paid) -> "Callable[[], Part]":
    def lines() -> "Part":
        from desktop.services.review.payments import part

        return part(paid.columns())

    return lines
