"""What the lines shown come to, at the foot of the table."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Ground, Label, announce
from desktop.views.tokens import Space, font
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.totals import Totals

UPDATING: Final = "Mise à jour…"


@dataclass(frozen=True, slots=True)
class Sums:
    """`people` are those that are told apart; `whole` is how many lines there are in all."""

    totals: "Totals"
    people: int
    whole: int


class _Figure(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.value = Label("", "heading")
        self.value.setFont(font(14, 600, tabular=True))
        self._name = name
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Label(name, "meta"))
        column.addWidget(self.value)

    def tell(self, text: str, more: str = "") -> None:
        self.value.setText(text)
        self.setToolTip(wording.tip(more))
        self.setAccessibleName(f"{self._name}{NBSP}: {text}")


class Updating(Label):
    """« Mise à jour… », as long as what is shown is out of date: newer lines are on their way."""

    def __init__(self) -> None:
        super().__init__(UPDATING, "secondary")
        self.newer = False
        self.hide()

    def wait(self, *, newer: bool) -> None:
        if newer and not self.newer:
            announce(self, UPDATING)
        self.newer = newer
        self.setVisible(newer)


class SumsBar(Ground):
    """Lines, people, days, gross, levies, net: of what is shown, whoever was paid, recoveries included."""

    def __init__(self) -> None:
        super().__init__("foot")
        self.setAccessibleName("Totaux des lignes affichées")
        self.lines, self.people, self.days = _Figure("Lignes"), _Figure("Salariés"), _Figure("Jours")
        self.gross, self.levies, self.net = _Figure("Montant brut"), _Figure("Retenues"), _Figure("Montant net")
        self.updating = Updating()
        self._summed = False
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        row.setSpacing(Space.M)
        flow = Flow(gap=Space.XL)
        for figure in self._figures:
            flow.addWidget(figure)
        flow.addWidget(self.updating)
        row.addLayout(flow, 1)

    @property
    def _figures(self) -> tuple[_Figure, ...]:
        return self.lines, self.people, self.days, self.gross, self.levies, self.net

    def wait(self, *, newer: bool) -> None:
        """Whether what they are of is out of date: newer lines are on their way."""
        self.updating.wait(newer=newer)
        self._grey()

    def _grey(self) -> None:
        for figure in self._figures:
            figure.setEnabled(self._summed and not self.updating.newer)

    def tell(self, sums: Sums | None) -> None:
        """None: they are being summed."""
        self._summed = sums is not None
        self._grey()
        if sums is None:
            return
        totals = sums.totals
        part = wording.number(totals.lines)
        self.lines.tell(part if totals.lines == sums.whole else f"{part} sur {wording.number(sums.whole)}")
        self.people.tell(wording.number(sums.people))
        waiting = f"dont {saying.days(totals.waiting_days)} de carence" if totals.waiting_days else ""
        self.days.tell(saying.integer(totals.days), waiting)
        self.gross.tell(saying.euros(totals.indemnity))
        self.levies.tell(saying.euros(totals.levies))
        self.net.tell(saying.euros(totals.net))
