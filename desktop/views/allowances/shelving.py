"""What a person says of the files that are open, kept on the shelf: no « Annuler » drops it."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from desktop.services.problems import Problem
from desktop.views.allowances import hands
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.hands import Shelf
from desktop.views.allowances.reviewed import PORTAL, Reviewed
from desktop.views.later import Later
from desktop.views.printed import PrintedTexts

if TYPE_CHECKING:
    from desktop.services.review.archive import State as Verdict
    from desktop.services.review.keeping import RawLine

_KEEPER: Final = "allowances-kept"


class Shelving(QObject):
    """The part of the loader that writes down what is said. `moved` rings when something of it changed."""

    moved = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._shelf: Shelf | None = None
        self._texts = PrintedTexts()
        self._decided = 0
        self._keeper = Later(_KEEPER, self)
        self.reviewed: Reviewed | None = None
        self.said = ""
        """What became of what was asked last, in a sentence; empty when the list says it all."""
        self.fault: Problem | None = None
        """Why files will not be there again at the next start; None when they will."""

    def decide(self, keys: Sequence[str], state: "Verdict | None", reason: str) -> None:
        """What is thought of these findings (`Reviewed.keys`), and why; None takes it back."""
        if self._shelf is not None and self.reviewed is not None and self.reviewed.judged:
            work = partial(hands.decide, self._shelf, self.reviewed, tuple(keys), state, reason, self._desk.author())
            self._decided += 1  # each is a question of its own: none takes the place of another
            self._keeper.ask(self, work, self._is_decided, self._complain, what=f"decide {self._decided}")

    def raw(self, sha256: str, line: int) -> "RawLine | None":
        """The text of a line as its file has it; None when there is none. Not on the GUI thread. Raises `StoreFault`,
        and `Unreadable` of a PDF that cannot be read again."""
        shelf = self._shelf if sha256 != PORTAL else None
        return shelf.keeping.raw(sha256, line, self._texts) if shelf is not None else None

    def _is_decided(self, reviewed: Reviewed) -> None:
        """Unless another file has come meanwhile: what is decided is read again with it."""
        if self.reviewed is not None and self.reviewed.sheet is reviewed.sheet:
            self.reviewed = reviewed
            self.moved.emit()

    def _erase(self, sha256: str) -> None:
        """Nothing of no name."""
        if self._shelf is not None and sha256:
            work = partial(self._shelf.keeping.erase, sha256)
            self._keeper.ask(self, work, failed=self._complain, what=f"erase {sha256}")

    def _complain(self, error: Exception) -> None:
        """What could not be kept is said; it holds as long as the program runs."""
        if not isinstance(error, Problem):
            raise error
        self.said = error.sentence
        self.moved.emit()


def refused(failed: Callable[[Problem], None], error: Exception) -> None:
    """Tells whoever asked; what is no problem of his is a bug."""
    if not isinstance(error, Problem):
        raise error
    failed(error)
