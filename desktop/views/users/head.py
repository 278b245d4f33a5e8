"""The head of a person: who she is, what she stands at, and what can be done about her access."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop.services.users import UserSheet
from desktop.views import wording
from desktop.views.contact.pill import PillLabel
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.users import saying
from desktop.views.wording import NBSP

_HEIGHT = 22


@dataclass(frozen=True, slots=True)
class HeadDoes:
    change: Callable[[], object]
    correct: Callable[[], object]
    invite_again: Callable[[], object]
    suspend: Callable[[], object]
    remove: Callable[[], object]


class Head(QFrame):
    """What cannot be done is greyed; why is said below, and by its tooltip."""

    def __init__(self, icons: Icons, does: HeadDoes) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.who, self.what, self.mail = ElidedLabel("", "thread"), ElidedLabel(""), ElidedLabel("", "secondary")
        self.pill = PillLabel(icons, saying.FACES)
        self.why = Label("", "secondary", wrap=True)
        self.change = Button("Changer ses droits", "primary", icons=icons, icon="shield-check", does=does.change)
        self.again = Button("Renvoyer l\u2019invitation", icons=icons, icon="mail", does=does.invite_again)
        self.correct = Button("Corriger…", icons=icons, icon="pencil", does=does.correct)
        self.suspend = Button("Suspendre…", "flat", icons=icons, icon="lock", does=does.suspend)
        self.remove = Button("Retirer l\u2019accès…", "flat", icons=icons, icon="trash-2", does=does.remove)
        first = QHBoxLayout()
        first.setSpacing(Space.M)
        first.addWidget(self.who, 1)
        first.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignVCenter)
        buttons = Flow(gap=Space.S)
        for button in (self.change, self.again, self.correct, self.suspend, self.remove):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        column.setSpacing(Space.XS)
        column.addLayout(first)
        column.addWidget(self.what)
        column.addWidget(self.mail)
        column.addSpacing(Space.XS)
        column.addLayout(buttons)
        column.addWidget(self.why)

    def tell(self, sheet: UserSheet) -> None:
        row = sheet.row
        civility = f"{row.civility} " if row.civility else ""
        self.who.setText(f"{civility}{row.first_name} {row.last_name}" + (" (vous)" if row.me else ""))
        self.what.setText(" · ".join(part for part in (row.function, saying.where(row)) if part))
        self.mail.setText(" · ".join(part for part in (row.email, sheet.phone) if part))
        self.pill.show_pill(row.pill)
        self.suspend.setText("Rétablir l\u2019accès…" if sheet.suspended else "Suspendre…")
        self.again.setVisible(not sheet.acts.invite_again)
        self.change.setText("Changer vos droits" if row.me else "Changer ses droits")
        barred: dict[str, list[str]] = {}
        for button, why in (
            (self.change, sheet.acts.change),
            (self.correct, sheet.acts.correct),
            (self.suspend, sheet.acts.suspend),
            (self.remove, sheet.acts.remove),
        ):
            button.setEnabled(not why)
            button.setToolTip(wording.tip(why))
            button.setAccessibleDescription(why)
            if why:
                barred.setdefault(why, []).append(f"«{NBSP}{button.text().rstrip('…')}{NBSP}»")
        self.why.setText("\n".join(f"{', '.join(names)}{NBSP}: {_lower(why)}" for why, names in barred.items()))
        self.why.setVisible(bool(barred))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
