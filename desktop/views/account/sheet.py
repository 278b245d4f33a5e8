"""« Mon compte et cet ordinateur »: one section for each matter, below one another."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.services.accounts import Standing
from desktop.services.problems import Problem
from desktop.views.account.desk import Desk
from desktop.views.account.devices import DevicesSection
from desktop.views.account.factor import FactorSection
from desktop.views.account.keeping import ForgetSection, LockSection
from desktop.views.account.password import PasswordSection
from desktop.views.fields.shapes import Banner, Button, Label
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.wording import NNBSP

_TITLE = "Mon compte et cet ordinateur"


class AccountSheet(QDialog):
    """What needs the portal says so when it is away; the lock and the forgetting need nobody."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_TITLE)
        self._desk = desk
        self.password, self.factor = PasswordSection(desk, self.read), FactorSection(desk, self.read)
        self.devices = DevicesSection(desk, self.read)
        self.lock, self.forget = LockSection(desk), ForgetSection(desk)
        self.problem = Banner(desk.icons, "warning", "wifi-off")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.problem)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.area, 1)
        body = QWidget()
        body.setProperty("role", "ground")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        sections = QVBoxLayout(body)
        sections.setContentsMargins(Space.XL, Space.L, Space.XL, Space.XL)
        sections.setSpacing(Space.L)
        for section in (self.password, self.factor, self.devices, self.lock, self.forget):
            sections.addWidget(section)
        sections.addStretch(1)
        self.area.setWidget(body)
        self.setMinimumSize(QSize(520, 360))
        self.resize(QSize(640, 720).boundedTo(parent.window().size() - QSize(40, 40)))
        self.read()

    def read(self) -> None:
        """What the portal says of the account."""
        self._desk.errands.ask(self, self._desk.own.standing, self._show, self._failed, what="standing")

    def reject(self) -> None:
        """« Fermer », Échap and the cross: recovery codes are told this one time."""
        if self.factor.codes.isHidden():
            super().reject()
            return
        confirm(
            self,
            f"Fermer sans avoir noté les codes de secours{NNBSP}?",
            "Ils ne seront plus montrés. Sans eux ni votre téléphone, vous ne pourrez plus vous connecter.",
            "Fermer quand même",
            "Revenir aux codes",
            super().reject,
        )

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(Space.XL, Space.L, Space.L, Space.M)
        person = self._desk.person()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(_TITLE, "title"))
        words.addWidget(Label(f"{person.name}, {person.email}" if person else "", "muted"))
        row.addLayout(words, 1)
        row.addWidget(Button("Fermer", does=self.close), 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _show(self, standing: Standing) -> None:
        self.problem.hide()
        for section in (self.password, self.factor, self.devices):
            section.tell(standing)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, Problem):
            raise error
        self.problem.tell(error.sentence, "Réessayer", self.read)
