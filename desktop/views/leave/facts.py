"""What was told of a leave, as pairs of a label and its value."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from desktop.services.leave import LeaveSheet
from desktop.views import wording
from desktop.views.fields.shapes import IconButton, Label
from desktop.views.icons import Icons
from desktop.views.leave import saying
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


class Facts(QFrame):
    """The social-security number is masked unless it is asked for."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._sheet: LeaveSheet | None = None
        self._revealed = False
        self._labels: list[Label] = []
        self.reveal = IconButton(icons, "eye", "Montrer le numéro de sécurité sociale", does=self._toggle)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.addWidget(Label("Déclaration", "heading"), 1)
        head.addWidget(self.reveal)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        column.addLayout(head)
        column.addLayout(self._grid)

    def hide_nir(self) -> None:
        """Another leave is opened."""
        self._revealed = False

    def tell(self, sheet: LeaveSheet) -> None:
        self._sheet = sheet
        for old in self._labels:
            old.hide()
            old.deleteLater()
        self._labels = []
        for place, (name, value) in enumerate(pairs(sheet, revealed=self._revealed)):
            caption, said = Label(name, "muted"), Label(value, wrap=True)
            said.setAccessibleName(f"{name}{NBSP}: {value}")
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._labels += [caption, said]
            self._grid.addWidget(caption, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, place, 1)
            for label in (caption, said):
                label.show()  # now, not when Qt comes back to its event loop
        self.reveal.setVisible(bool(sheet.nir))
        name = "Masquer" if self._revealed else "Montrer"
        self.reveal.setAccessibleName(f"{name} le numéro de sécurité sociale")
        self.reveal.setToolTip(wording.tip(self.reveal.accessibleName()))

    def _toggle(self) -> None:
        self._revealed = not self._revealed
        if self._sheet is not None:
            self.tell(self._sheet)


def pairs(sheet: LeaveSheet, *, revealed: bool) -> Iterator[tuple[str, str]]:
    """Label and value, in the order of the form."""
    if sheet.row.matricule:
        yield "Matricule", sheet.row.matricule
    if sheet.nir:
        yield f"N°{NBSP}de sécurité sociale", saying.nir(sheet.nir, revealed=revealed)
    yield "Dernier jour travaillé", wording.day(sheet.last_day_worked)
    if sheet.accident_on is not None:
        yield "Date de l\u2019accident", wording.day(sheet.accident_on)
    if sheet.relapse:
        yield "Rechute", "Oui"
    if sheet.row.start is not None:
        yield "Premier avis", saying.days(sheet.row.start, sheet.expected_end)
    for each in sheet.prolongations:
        waits = "" if each.declared_at is not None else ", en attente d\u2019envoi"
        yield "Prolongation", f"{saying.days(each.start, each.through)}{waits}"
    yield "Subrogation", _subrogation(sheet)
    if sheet.returned_on is not None:
        reason = f" ({sheet.return_reason[:1].lower()}{sheet.return_reason[1:]})" if sheet.return_reason else ""
        yield "Reprise", f"{wording.day(sheet.returned_on)}{reason}"
    if sheet.declared_at is not None:
        yield "Déclaré", f"le {wording.moment_said(sheet.declared_at)} par {sheet.author}"


def _subrogation(sheet: LeaveSheet) -> str:
    if sheet.subrogation is None:
        return "Non\u00a0: les indemnités sont versées au salarié"
    first, last = sheet.subrogation
    if first is None or last is None:
        return "Oui"
    return saying.days(first, last)
