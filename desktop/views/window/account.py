"""The account menu, top right."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget, QWidgetAction

from desktop.services.portfolio import Person
from desktop.views.fields.shapes import ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.notices import tell
from desktop.views.opening import Appearance
from desktop.views.tokens import Space, font
from desktop.views.wording import NBSP

_APPEARANCES = {Appearance.SYSTEM: "Système", Appearance.LIGHT: "Clair", Appearance.DARK: "Sombre"}


@dataclass(frozen=True, slots=True)
class AccountDoes:
    """What the entries of the menu do."""

    become_administrator: Callable[[], None]
    add_space: Callable[[], None]
    show_keys: Callable[[], None]
    sign_out: Callable[[], None]
    about: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Own:
    """« Mon compte et cet ordinateur », and the lock."""

    mine: Callable[[], None]
    lock: Callable[[], None]


class Account(QPushButton):
    """Who is signed in: initials and name; opens the menu."""

    def __init__(self, icons: Icons, settings: QSettings, does: AccountDoes, own: Own) -> None:
        super().__init__()
        self._icons, self._settings, self._own = icons, settings, own
        self.setProperty("role", "account")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(38)
        self.setMaximumWidth(240)
        self._initials = _Initials(icons)
        self._name = ElidedLabel("")
        self._name.setMinimumWidth(1)
        for part in (self._initials, self._name):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.S, 2, Space.S, 2)
        row.setSpacing(Space.S)
        row.addWidget(self._initials)
        row.addWidget(self._name, 1)
        self._arrow = QLabel()
        self._arrow.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(self._arrow)
        icons.look.changed.connect(self._dress)
        self._dress()
        self._who, self._mail = Label("", "heading"), Label("", "meta")
        self.notify = QAction("Notifications", self)
        self.notify.setCheckable(True)
        self.notify.setChecked(settings.value("notify", "true") in (True, "true"))
        self.notify.toggled.connect(self._keep_notify)
        self.setMenu(self._build(does))
        self.tell(None)

    def tell(self, person: Person | None) -> None:
        name = person.name if person else "Mon compte"
        self._name.setText(name)
        self._initials.tell("".join(part[0] for part in name.split()[:2]).upper())
        self._who.setText(name)
        self._mail.setText(person.email if person else "")
        self.setAccessibleName(f"Compte de {name}" if person else name)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._name.fontMetrics().horizontalAdvance(self._name.text()) + 46 + 4 * Space.S, 38)

    def _dress(self) -> None:
        self._arrow.setPixmap(self._icons.pixmap("chevron-down", "muted", 16, self.devicePixelRatioF()))

    def _build(self, does: AccountDoes) -> QMenu:
        menu = QMenu(self)
        menu.addAction(self._head(menu))
        menu.addSeparator()
        self._entry(menu, "Devenir administrateur…", "shield-user", does.become_administrator)
        self._entry(menu, "Ajouter un espace…", "building-2", does.add_space)
        menu.addSeparator()
        self._entry(menu, "Mon compte et cet ordinateur…", "user", self._own.mine)
        menu.addMenu(self._appearance(menu))
        menu.addAction(self.notify)
        self._entry(menu, "Raccourcis clavier", "keyboard", does.show_keys)
        self._entry(menu, "À propos de Volet", "info", does.about)
        menu.addSeparator()
        self._entry(menu, "Verrouiller", "lock", self._own.lock)
        self._entry(menu, "Se déconnecter", "log-out", does.sign_out)
        return menu

    def _head(self, menu: QMenu) -> QWidgetAction:
        """Who she is, in full."""
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(Space.M, 6, Space.M, 6)
        column.setSpacing(0)
        column.addWidget(self._who)
        column.addWidget(self._mail)
        action = QWidgetAction(menu)
        action.setDefaultWidget(head)
        return action

    def _entry(self, menu: QMenu, text: str, icon: str, does: Callable[[], None]) -> None:
        action = QAction(text, menu)
        self._icons.dress(action, icon, "muted", 16)
        action.triggered.connect(does)
        menu.addAction(action)

    def _appearance(self, menu: QMenu) -> QMenu:
        sub = QMenu("Apparence", menu)
        self._icons.dress(sub.menuAction(), "sun", "muted", 16)
        group = QActionGroup(sub)
        for appearance, label in _APPEARANCES.items():
            action = QAction(label, group)
            action.setCheckable(True)
            action.setChecked(appearance is self._icons.look.appearance)
            action.setData(appearance.value)
            sub.addAction(action)
        group.triggered.connect(self._choose)
        return sub

    def _choose(self, action: QAction) -> None:
        appearance = Appearance(action.data())
        self._settings.setValue("appearance", appearance.value)
        self._icons.look.choose(appearance)

    def _keep_notify(self) -> None:
        self._settings.setValue("notify", self.notify.isChecked())


class _Initials(QWidget):
    """A disc with two letters."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._look, self._text = icons.look, ""
        self.setFixedSize(28, 28)

    def tell(self, text: str) -> None:
        self._text = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("info_ground"))
        painter.drawEllipse(self.rect())
        painter.setPen(self._look.colour("info"))
        painter.setFont(font(12, 700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


def about(parent: QWidget, address: str, version: str) -> None:
    """« À propos de Volet »."""
    host = address.removeprefix("https://")
    tell(
        parent,
        f"Volet {version}",
        f"L\u2019espace client entreprise de votre assureur, sur votre bureau.\nPortail{NBSP}: {host}\n"
        "Logiciel libre, licence EUPL-1.2. Icônes Lucide (ISC), police Inter (OFL).",
    )
