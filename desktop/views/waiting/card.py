"""One wish as a card: its state in words and shape, what it says, what the portal said, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from desktop.services.contact import Ground, MessageRow
from desktop.services.outbox import Waiting, WishState
from desktop.views import wording
from desktop.views.fields.shapes import Button, ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_FIRST_WORDS: Final = 300
"""Of a message: more than a line ever shows."""
_STATES: Final = {
    WishState.HELD: ("clock", "muted", "Part dans quelques secondes"),
    WishState.QUEUED: ("hourglass", "muted", "Partira dès que le portail répondra"),
    WishState.SENDING: ("send", "accent", "En cours d\u2019envoi"),
    WishState.CONFLICT: ("split", "error", "À revoir"),
    WishState.REFUSED: ("circle-x", "error", "Refusé par le portail"),
    WishState.PARKED: ("triangle-alert", "going", "En panne"),
}
STUCK: Final = frozenset({WishState.CONFLICT, WishState.REFUSED, WishState.PARKED})
"""The states that need the person."""


class Asks(Protocol):
    """What a card asks of its page."""

    def open(self, waiting: Waiting) -> None: ...

    def take_back(self, waiting: Waiting) -> None: ...

    def edit(self, waiting: Waiting) -> None: ...

    def retry(self, waiting: Waiting) -> None: ...

    def insist(self, waiting: Waiting) -> None: ...

    def copy(self, text: str) -> None: ...

    def give_up(self, waiting: Waiting) -> None: ...


@dataclass(frozen=True, slots=True)
class Story:
    """A wish with what is known of it: `written` is the message that it carries, as the conversation shows it; of one
    in conflict, `ground` is what its request has become, and `answered` what the adviser has written since."""

    waiting: Waiting
    written: MessageRow | None
    ground: Ground | None
    answered: MessageRow | None


def story(waiting: Waiting, messages: Sequence[MessageRow], ground: Ground | None) -> Story:
    """`messages` is the conversation of the wish."""
    written = next((message for message in messages if message.wish_id == waiting.wish_id), None)
    if waiting.state is not WishState.CONFLICT:
        return Story(waiting, written, None, None)
    fresh = (one for one in reversed(messages) if one.from_adviser and (one.unread or one.at > waiting.made_at))
    return Story(waiting, written, ground, next(fresh, None))


class Card(QFrame):
    """One wish: its state in words and shape, what it says, what the portal said, and what can be done."""

    def __init__(self, icons: Icons, told: Story, page: Asks) -> None:
        super().__init__()
        waiting, written = told.waiting, told.written
        self.setProperty("role", "card")
        self._icons, self._waiting, self._written, self._page = icons, waiting, written, page
        icon, role, words = _STATES[waiting.state]
        if waiting.state is WishState.QUEUED:
            words = _still_here(waiting) or words
        self._face = (icon, role)
        self._sign = QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(6)
        column.addLayout(self._top(words))
        column.addWidget(ElidedLabel(waiting.title, "heading"))
        if waiting.about:
            column.addWidget(ElidedLabel(waiting.about, "secondary"))
        first = _first_words(written) if waiting.state is not WishState.CONFLICT else ""
        if first:
            column.addWidget(ElidedLabel(first))
        if waiting.sentence:
            column.addWidget(Label(waiting.sentence, "error", wrap=True))
        if waiting.state is WishState.CONFLICT and "users" not in waiting.topics:
            column.addLayout(self._versions(told))
        if buttons := self._buttons():
            column.addLayout(_in_a_row(buttons))
        icons.look.changed.connect(self._dress)
        self._dress()

    def _top(self, words: str) -> QHBoxLayout:
        """How it stands, and since when it waits."""
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._sign)
        row.addWidget(Label(words, "label"))
        row.addStretch(1)
        row.addWidget(Label(wording.since(self._waiting.made_at, datetime.now(UTC)), "meta"))
        return row

    def _versions(self, told: Story) -> QHBoxLayout:
        """What the clerk wrote, and what is at the portal since, side by side."""
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        mine = self._written.text if self._written else self._waiting.title
        for head, text in (("Votre envoi", _start(mine)), _theirs(told)):
            part = QFrame()
            part.setProperty("role", "ground")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            column = QVBoxLayout(part)
            column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
            column.setSpacing(2)
            column.addWidget(ElidedLabel(head, "label"))
            column.addWidget(Label(text, "secondary", wrap=True))
            column.addStretch(1)
            row.addWidget(part, 1)
        return row

    def _buttons(self) -> list[Button]:
        state = self._waiting.state
        made: list[Button] = []
        if state is WishState.CONFLICT and "users" not in self._waiting.topics:
            made.append(Button("Envoyer quand même", "primary", does=self._insist))
        if state is WishState.PARKED:
            made.append(Button("Réessayer maintenant", "primary", does=self._retry))
        if state in STUCK and self._written is not None:
            kind = "primary" if state is WishState.REFUSED else ""
            made.append(Button("Modifier et renvoyer", kind, does=self._edit))
            made.append(Button("Copier", icons=self._icons, icon="copy", does=self._copy))
        if state in {WishState.HELD, WishState.QUEUED} and self._waiting.attempts == 0 and self._written is not None:
            made.append(Button("Annuler l\u2019envoi", icons=self._icons, icon="undo-2", does=self._take_back))
        if state in STUCK:
            made.append(Button("Abandonner…", "flat", does=self._give_up))
        if self._waiting.request_id is not None and self._written is not None:
            made.append(Button("Voir la demande", "link", does=self._open))
        if "leave" in self._waiting.topics:
            made.append(Button("Voir l\u2019arrêt", "link", does=self._open))
        if "users" in self._waiting.topics and self._waiting.request_id is not None:
            made.append(Button("Voir la personne", "link", does=self._open))
        for button in made:
            button.setAccessibleName(f"{button.text()}{NBSP}: {self._waiting.title}")
        return made

    def _insist(self) -> None:
        self._page.insist(self._waiting)

    def _retry(self) -> None:
        self._page.retry(self._waiting)

    def _edit(self) -> None:
        self._page.edit(self._waiting)

    def _take_back(self) -> None:
        self._page.take_back(self._waiting)

    def _give_up(self) -> None:
        self._page.give_up(self._waiting)

    def _open(self) -> None:
        self._page.open(self._waiting)

    def _copy(self) -> None:
        if self._written is not None:
            self._page.copy(self._written.text)

    def _dress(self) -> None:
        self._sign.setPixmap(self._icons.pixmap(*self._face, 16, self.devicePixelRatioF()))


def _theirs(told: Story) -> tuple[str, str]:
    """Who has changed the ground of the wish, and how. A message that she answered already is no part of it."""
    ground, answered = told.ground, told.answered
    became = wording.became(closed=ground.closed, awaited=ground.awaited, at=ground.at) if ground else ""
    if answered is None:
        return "Au portail", became or "L\u2019état de la demande a changé."
    who = f"{answered.author}, {wording.moment_said(answered.at)}"
    said = _start(answered.text)
    return ("Au portail", f"{became}\n{who}{NBSP}: {said}") if became else (who, said)


def _in_a_row(buttons: list[Button]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, Space.XS, 0, 0)
    row.setSpacing(Space.S)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _still_here(waiting: Waiting) -> str:
    """Why a wish has not left, where it is not that the portal does not answer."""
    if waiting.behind:
        return "Attend l\u2019envoi précédent de la même conversation"
    return "Peut-être déjà reçu, à confirmer dès que le portail répondra" if waiting.uncertain else ""


def _first_words(written: MessageRow | None) -> str:
    """What tells one wish from another at a glance: its text in one line, or the names of its files."""
    if written is None:
        return ""
    said = " ".join(written.text[:_FIRST_WORDS].split())
    return said or ", ".join(file.name for file in written.attachments)


def _start(text: str) -> str:
    """As much of a message as a card bears."""
    short = text.strip()
    return short if len(short) <= 280 else f"{short[:279].rstrip()}…"
