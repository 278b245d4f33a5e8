"""Becoming administrator of a space, and asking for spaces to be added: what applies, and the request made ready."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.services.portfolio import AdminPath, AdminStep, Portfolio, numbers_in
from desktop.views import wording
from desktop.views.fields.inputs import FieldBox
from desktop.views.fields.keeper import Keeper
from desktop.views.fields.shapes import Button, Label, announce
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

_LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a list of numbers: a hundred thousand of them."""


class _Sheet(QDialog):
    """A dialog with a title, a body, and its buttons at the foot."""

    def __init__(self, parent: QWidget, title: str, why: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self.body = QVBoxLayout()
        self.body.setSpacing(Space.M)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(Space.S)
        self.foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.M)
        column.addWidget(Label(title, "title"))
        column.addWidget(Label(why, "muted", wrap=True))
        column.addLayout(self.body, 1)
        column.addSpacing(Space.S)
        column.addLayout(self.foot)


class AdminDialog(_Sheet):
    """« Devenir administrateur »: the step that applies in the space chosen, with what it needs made ready.

    `ask(space_id)` opens the contact form at its topic."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        clipboard: QClipboard,
        paths: Sequence[AdminPath],
        space_id: str | None,
        ask: Callable[[str], None],
    ) -> None:
        super().__init__(
            parent,
            "Devenir administrateur",
            "Deux étapes\u00a0: l\u2019administrateur principal vous ajoute comme utilisateur, puis vous demandez "
            "le rôle par Contact. Voici où vous en êtes.",
        )
        self._icons, self._clipboard, self._paths, self._ask = icons, clipboard, tuple(paths), ask
        self._choice = QComboBox()
        self._choice.setMaxVisibleItems(14)
        self._choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._choice.setMinimumContentsLength(30)
        for path in self._paths:
            self._choice.addItem(wording.place(path.space.member_number, path.space.label, path.space.company))
        self._step, self._what = Label("", "heading", wrap=True), Label("", wrap=True)
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setAccessibleName("Message à envoyer à l\u2019administrateur principal")
        self._text.setMinimumHeight(150)
        self._copy = Button("Copier le message", "primary", icons=icons, icon="copy", does=self._copy_text)
        self._go = Button("Préparer la demande", "primary", does=self._prepare)
        self.body.addWidget(FieldBox("Espace", self._choice, required=True))
        for part in (self._step, self._what):
            self.body.addWidget(part)
        self.body.addWidget(self._text, 1)
        self.body.addStretch(0)
        for button in (Button("Fermer", does=self.reject), self._copy, self._go):
            self.foot.addWidget(button)
        self._choice.currentIndexChanged.connect(self._show)
        wanted = [place for place, path in enumerate(self._paths) if path.space.space_id == space_id]
        self._choice.setCurrentIndex(wanted[0] if wanted else 0)
        self._show()

    @property
    def path(self) -> AdminPath | None:
        place = self._choice.currentIndex()
        return self._paths[place] if 0 <= place < len(self._paths) else None

    def _show(self) -> None:
        path = self.path
        step = path.step if path else None
        self._text.setVisible(step is AdminStep.ASK_USER)
        self._copy.setVisible(step is AdminStep.ASK_USER)
        self._go.setVisible(step is AdminStep.ASK_CONTACT)
        if path is None:
            self._step.setText("Aucun espace n\u2019est connu pour l\u2019instant")
            self._what.setText("Ils apparaîtront après la première synchronisation.")
            return
        who = path.space.administrator or "L\u2019administrateur principal"
        if step is AdminStep.ALREADY:
            self._step.setText("Vous êtes déjà administrateur de cet espace")
            self._what.setText("Il n\u2019y a rien à demander.")
        elif step is AdminStep.ASK_CONTACT:
            self._step.setText(f"Étape 2 sur 2{NBSP}: demander le rôle")
            self._what.setText(
                "Vous avez déjà accès à cet espace. Volet prépare la demande\u00a0: vous la relirez avant de "
                "l\u2019envoyer."
            )
        else:
            self._step.setText(f"Étape 1 sur 2{NBSP}: être ajouté comme utilisateur")
            self._what.setText(f"{who} doit d\u2019abord vous ajouter. Voici le message à lui transmettre.")
            self._text.setPlainText(path.sentence_to_send)

    def _copy_text(self) -> None:
        self._clipboard.setText(self._text.toPlainText())
        self._copy.setText("Message copié")
        announce(self, "Message copié")

    def _prepare(self) -> None:
        path = self.path
        if path is not None:
            self.accept()
            self._ask(path.space.space_id)


@dataclass(frozen=True, slots=True)
class _Check:
    """Run on the reader's thread."""

    portfolio: Portfolio
    lines: tuple[str, ...]

    def __call__(self) -> tuple[tuple[str, str], ...]:
        return self.portfolio.check_added(self.lines)


class AddSpaceDialog(_Sheet):
    """« Ajouter un espace »: SIRETs or member numbers pasted, one a line, checked as they come.

    `ask(lines)` opens the contact form filled in. `kept` is what was typed here before; `keep` gets what is typed, soon
    after it is and when the dialog goes. `pick` asks for text or CSV files that hold the numbers."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        reader: Later,
        portfolio: Portfolio,
        ask: Callable[[tuple[str, ...]], None],
        *,
        kept: str,
        keep: Callable[[str], None],
        pick: Callable[[], tuple[Path, ...]] = tuple,
    ) -> None:
        super().__init__(
            parent,
            "Ajouter un espace",
            "Volet prépare une demande à votre assureur, qui rattachera ces entreprises à votre compte.",
        )
        self._icons, self._reader, self._portfolio, self._ask, self._keep = icons, reader, portfolio, ask, keep
        self._written = kept
        self.lines = QPlainTextEdit()
        self.lines.setPlaceholderText(f"552{NNBSP}100{NNBSP}554{NNBSP}00013\n7000123")
        self.lines.setTabChangesFocus(True)
        self.lines.setMinimumHeight(130)
        self._box = FieldBox(
            "SIRET ou numéros d\u2019adhérent",
            self.lines,
            "Un par ligne\u202f; collez une colonne de tableur.",
            required=True,
        )
        self._found = _Findings(icons)
        self._go = Button("Préparer la demande", "primary", does=self._prepare)
        self._go.setEnabled(False)
        self.body.addWidget(self._box, 1)
        self.body.addWidget(self._found)
        self._pick = pick
        self.file = Button("Depuis un fichier…", "flat", icons=icons, icon="file-text", does=self._choose)
        self.file.setToolTip(wording.tip("Un fichier texte ou CSV qui contient les SIRET ou les numéros"))
        self.foot.insertWidget(0, self.file)
        for button in (Button("Fermer", does=self.reject), self._go):
            self.foot.addWidget(button)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(150)
        self._pause.timeout.connect(self._check)
        self._keeper = Keeper(self, self._put_down)
        self.lines.textChanged.connect(self._typed)
        self.lines.setPlainText(kept)

    def read(self) -> tuple[str, ...]:
        """The lines that say something, each once."""
        typed = (line.strip(" \t;,\u00a0\u202f") for line in self.lines.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in typed if line))

    def _choose(self) -> None:
        if paths := self._pick():
            self._reader.ask(self, partial(_numbers, paths), self._add, self._unreadable, what="file")

    def _add(self, numbers: tuple[str, ...]) -> None:
        """Below what is typed already; what is there twice is told beside."""
        if not numbers:
            self._box.complain("Aucun SIRET ni numéro d\u2019adhérent n\u2019a été trouvé dans ce fichier.")
            return
        self._box.complain("")
        typed = self.lines.toPlainText().rstrip()
        self.lines.setPlainText("\n".join([*([typed] if typed else []), *numbers]))

    def _unreadable(self, _error: Exception) -> None:
        self._box.complain("Ce fichier n\u2019a pas pu être lu. Choisissez un fichier texte ou CSV.")

    def _typed(self) -> None:
        self._go.setEnabled(False)
        self._pause.start()
        self._keeper.typed()

    def _put_down(self) -> None:
        """Keeps what is typed, if it has changed."""
        if (lines := self.lines.toPlainText()) != self._written:
            self._keep(lines)
            self._written = lines

    def done(self, result: int) -> None:
        self._keeper.keep()
        super().done(result)

    def _check(self) -> None:
        self._reader.ask(self, _Check(self._portfolio, self.read()), self._checked)

    def _checked(self, wrong: tuple[tuple[str, str], ...]) -> None:
        lines = self.read()
        self._found.tell(len(lines) - len(wrong), wrong)
        self._go.setEnabled(bool(lines) and not wrong)
        self._fit()

    def _fit(self) -> None:
        """As high as its sentences, which wrap, need: Qt does not ask again for the height of a window that is open."""
        inside = self.layout()
        if inside is not None:
            inside.activate()
            self.setMinimumHeight(inside.totalHeightForWidth(self.width()))

    def _prepare(self) -> None:
        lines = self.read()
        self.accept()
        self._ask(lines)


def _numbers(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """On another thread. Raises `OSError`, and `ValueError` for a file that is too large to be a list."""
    found: list[str] = []
    for path in paths:
        if path.stat().st_size > _LARGEST:
            raise ValueError(path.suffix)
        found += numbers_in(path.read_bytes())
    return tuple(dict.fromkeys(found))


class _Findings(QStackedWidget):
    """What was recognised, and what is wrong with the rest, line by line."""

    _MOST = 5

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.addWidget(QWidget())
        self.setMinimumHeight(56)

    def tell(self, good: int, wrong: Sequence[tuple[str, str]]) -> None:
        panel = QFrame()
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        if good:
            column.addLayout(
                self._line("circle-check", "ok", f"{wording.count(good, 'numéro reconnu', 'numéros reconnus')}.")
            )
        for _, reason in wrong[: self._MOST]:
            column.addLayout(self._line("circle-x", "error", reason))
        if len(wrong) > self._MOST:
            more = len(wrong) - self._MOST
            column.addWidget(
                Label(f"et {wording.count(more, 'autre ligne', 'autres lignes')} à corriger.", "secondary")
            )
        column.addStretch(1)
        former = self.currentWidget()
        self.addWidget(panel)
        self.setCurrentWidget(panel)
        if former is not None:
            self.removeWidget(former)
            former.deleteLater()

    def _line(self, icon: str, role: str, words: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(_Sign(self._icons, icon, role), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(words, "error" if role == "error" else "secondary", wrap=True), 1)
        return row


class _Sign(QLabel):
    """A small drawing beside a line, in the colours of the moment."""

    def __init__(self, icons: Icons, icon: str, role: str) -> None:
        super().__init__()
        self._icons, self._face = icons, (icon, role)
        icons.look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setPixmap(self._icons.pixmap(*self._face, 16, self.devicePixelRatioF()))
