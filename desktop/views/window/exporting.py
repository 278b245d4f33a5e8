"""An export that is ready, or has failed, is noticed wherever one is: a number at its tab, one quiet notification."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.services.allowances import Allowances, ExportRow
from desktop.views.bell import Follow
from desktop.views.contact.desk import Desk

_TOLD: Final = "Votre export est prêt"
_FAILED: Final = "Votre export n’a pas pu être préparé"


class Exporting:
    """`count` shows how many wait to be seen; `say` notifies. Of whom and of which company is never said."""

    def __init__(
        self,
        page: QWidget,
        desk: Desk,
        allowances: Allowances,
        count: Callable[[int], None],
        say: Callable[[str], None],
    ) -> None:
        self._page, self._desk, self._allowances = page, desk, allowances
        self._count, self._say = count, say
        self._known: frozenset[str] = frozenset()
        Follow(page, desk.bell, {"allowances"}, self._read)

    def _read(self) -> None:
        self._desk.later.ask(self._page, self._allowances.news, self._show, what="exports")

    def _show(self, news: Sequence[ExportRow]) -> None:
        self._count(len(news))
        fresh = [row for row in news if row.export_id not in self._known]
        self._known = frozenset(row.export_id for row in news)
        if fresh:
            ready = any(row.sha256 for row in fresh)
            self._say(_TOLD if ready else _FAILED)
