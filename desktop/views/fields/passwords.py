"""A password: hidden, with an eye that shows it; and a new one, whose strength is told as one types."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QProgressBar, QVBoxLayout, QWidget

from desktop.services.accounts import Strength, judge, least
from desktop.views import wording
from desktop.views.fields.inputs import FieldBox, name_actions
from desktop.views.fields.shapes import Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_PARTS = 100
_PAUSE = 120
"""Milliseconds without a key before the strength is worked out."""


class PasswordField(QLineEdit):
    """Hidden, with an eye that shows it."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setMaxLength(128)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = self.addAction(icons.icon("eye", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.triggered.connect(self._toggle)
        self._dress()

    def _toggle(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._dress()

    def _dress(self) -> None:
        hidden = self.echoMode() == QLineEdit.EchoMode.Password
        self._icons.dress(self._eye, "eye" if hidden else "eye-off", "muted")
        name = "Afficher le mot de passe" if hidden else "Masquer le mot de passe"
        self._eye.setText(name)
        self._eye.setToolTip(wording.tip(name))
        name_actions(self)


def code_box(field: QLineEdit) -> FieldBox:
    """Around the field of the second factor."""
    help_line = "Les six chiffres de votre application d’authentification, ou un code de secours."
    return FieldBox("Code de vérification", field, help_line, required=True)


class NewPassword(QWidget):
    """A password to be chosen. `changed`: what is typed has changed, or its strength is known now. The reader's thread
    judges it, for a person of these names (`context`)."""

    changed = Signal()

    def __init__(self, icons: Icons, reader: Later, context: tuple[str, ...], *, second_factor: bool = False) -> None:
        super().__init__()
        self._reader, self._context, self._second_factor = reader, context, second_factor
        self.field = PasswordField(icons)
        self.box = FieldBox("Nouveau mot de passe", self.field, _rule(second_factor=second_factor), required=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Force du mot de passe")
        self._words = Label("", "secondary", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for part in (self.box, self._bar, self._words):
            column.addWidget(part)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._ask)
        self.field.textChanged.connect(self._typed)
        self._show(None)

    def allow(self, *, second_factor: bool) -> None:
        """A second factor has come or gone meanwhile."""
        self._second_factor = second_factor
        self.box.explain(_rule(second_factor=second_factor))

    @property
    def password(self) -> str:
        return self.field.text()

    def demand(self, then: Callable[[], None]) -> None:
        """Calls `then` when the password may be chosen; says what is wrong with it otherwise."""
        self._reader.ask(
            self, _Judge(self.password, self._context, self._second_factor), _Verdict(self, then), what="demand"
        )

    def complain(self, sentence: str) -> None:
        self.box.complain(sentence)
        if sentence:
            self.field.setFocus()

    def _typed(self) -> None:
        self.box.complain("")
        self._pause.start()

    def _ask(self) -> None:
        judging = _Judge(self.password, self._context, self._second_factor)
        self._reader.ask(self, judging, self._show, what="strength")

    def _show(self, found: Strength | None) -> None:
        known = found if self.password else None
        self._bar.setValue(round(_PARTS * known.share) if known else 0)
        self._words.setText(self._said(known))
        self.changed.emit()

    def _said(self, found: Strength | None) -> str:
        if found is None:
            return f"Force{NBSP}: vous la verrez en tapant."
        said = f"Force{NBSP}: {found.bits}{NBSP}bits, {found.word}."
        missing = least(second_factor=self._second_factor) - len(self.password)
        if missing > 0:
            return f"{said} Encore {wording.count(missing, 'caractère')}."
        return f"{said} {found.complaint}".strip()


def _rule(*, second_factor: bool) -> str:
    return (
        f"Au moins {least(second_factor=second_factor)}{NBSP}caractères. Une phrase de quelques mots sans rapport "
        "convient très bien\u202f; rien n’oblige aux chiffres ni aux signes."
    )


@dataclass(frozen=True, slots=True, repr=False)
class _Judge:
    """Run on the reader's thread."""

    password: str
    context: tuple[str, ...]
    second_factor: bool

    def __call__(self) -> Strength:
        return judge(self.password, self.context, second_factor=self.second_factor)


@dataclass(frozen=True, slots=True)
class _Verdict:
    asked: NewPassword
    then: Callable[[], None]

    def __call__(self, found: Strength) -> None:
        self.asked.complain(found.complaint)
        if not found.complaint:
            self.then()
