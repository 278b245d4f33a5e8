"""The head of a leave: whose it is, its days, what it stands at, and what can be done."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop.services.leave import Act, LeaveSheet, Pill
from desktop.views import wording
from desktop.views.contact.pill import PillLabel
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, ElidedLabel, IconButton
from desktop.views.icons import Icons
from desktop.views.leave import saying
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


class Head(QFrame):
    """What cannot be done is greyed, and its tooltip says why."""

    def __init__(
        self,
        icons: Icons,
        want: Callable[[Act], object],
        withdraw: Callable[[], object],
        by_contact: Callable[[], object],
        printed: Callable[[], object],
    ) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.who, self.when, self.what = ElidedLabel("", "thread"), ElidedLabel(""), ElidedLabel("", "secondary")
        self.pill = PillLabel(icons, saying.FACES)
        self.prolong = Button("Prolonger", "primary", icons=icons, icon="arrow-right")
        self.prolong.clicked.connect(partial(_ask, want, Act.PROLONG))
        self.by_contact = Button("Prolonger par une demande", "primary", icons=icons, icon="messages-square")
        self.by_contact.clicked.connect(by_contact)
        self.returned = Button("Annoncer la reprise", icons=icons, icon="calendar")
        self.returned.clicked.connect(partial(_ask, want, Act.RETURN))
        self.withdraw = Button("Retirer…", "flat", icons=icons, icon="trash-2", does=withdraw)
        self.print = IconButton(icons, "printer", "Imprimer l\u2019arrêt", "Ctrl+P", does=printed)
        first = QHBoxLayout()
        first.setSpacing(Space.M)
        first.addWidget(self.who, 1)
        first.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignVCenter)
        first.addWidget(self.print)
        buttons = Flow(gap=Space.S)
        for button in (self.prolong, self.by_contact, self.returned, self.withdraw):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        column.setSpacing(Space.XS)
        column.addLayout(first)
        column.addWidget(self.when)
        column.addWidget(self.what)
        column.addSpacing(Space.XS)
        column.addLayout(buttons)

    def tell(self, sheet: LeaveSheet) -> None:
        row = sheet.row
        self.who.setText(saying.employee(row))
        self.when.setText(" · ".join(part for part in (row.motive, saying.period(row)) if part))
        place = f"{row.company} · {wording.member(row.member_number)}" if row.company else ""
        former = "ancien espace client" if row.former else ""
        self.what.setText(" · ".join(part for part in (saying.numbered(row), former, place) if part))
        self.pill.show_pill(row.pill)
        self.by_contact.setVisible(row.former)
        self.prolong.setVisible(not row.former)
        mends = row.pill is Pill.REFUSED and sheet.version is None
        for button, why in (
            (self.prolong, sheet.acts.prolong),
            (self.returned, sheet.acts.announce_return),
            (self.withdraw, sheet.acts.withdraw),
        ):
            reason = why or ("Corrigez d\u2019abord la déclaration refusée." if mends else "")
            button.setEnabled(not reason)
            button.setToolTip(wording.tip(reason))
            button.setAccessibleDescription(reason)
        over = _over(sheet)
        self.by_contact.setEnabled(not over)
        self.by_contact.setToolTip(wording.tip(over or sheet.acts.prolong))
        self.by_contact.setAccessibleDescription(over)
        self.withdraw.setVisible(sheet.version is not None)


def _over(sheet: LeaveSheet) -> str:
    """Why a leave of the former space is prolonged by no request either; "" when it may be."""
    if sheet.returned_on is not None:
        return f"Le salarié a repris le {wording.long_day(sheet.returned_on)}{NBSP}: déclarez un nouvel arrêt."
    return sheet.acts.announce_return


def _ask(want: Callable[[Act], object], act: Act, _checked: bool = False) -> None:
    want(act)
