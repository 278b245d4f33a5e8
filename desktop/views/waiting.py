"""« En attente »: what the person wants of the portal and has not got yet, each with what can be done about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.services.contact import Contact, Draft, MessageRow
from desktop.services.outbox import Outbox, Waiting, WishState
from desktop.views import wording
from desktop.views.bell import Bell, Follow
from desktop.views.fields.shapes import Banner, Button, ElidedLabel, EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.wording import NBSP, NNBSP

_SHOWN: Final = 50
"""More cards than anybody reads; the rest is counted."""
_FIRST_WORDS: Final = 300
"""Of a message: more than a line ever shows."""
_SAID_MS: Final = 6000
_HELD_MS: Final = 1000
_STATES: Final = {
    WishState.HELD: ("clock", "muted", "Part dans quelques secondes"),
    WishState.QUEUED: ("hourglass", "muted", "Partira dès que le portail répondra"),
    WishState.SENDING: ("send", "accent", "En cours d\u2019envoi"),
    WishState.CONFLICT: ("split", "error", "À revoir"),
    WishState.REFUSED: ("circle-x", "error", "Refusé par le portail"),
    WishState.PARKED: ("triangle-alert", "going", "En panne"),
}
TOPICS: Final = frozenset({*Outbox.topics, Contact.topic})
"""What the page, and whoever counts what waits, follows."""
STUCK: Final = frozenset({WishState.CONFLICT, WishState.REFUSED, WishState.PARKED})
"""The states that need the person."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What the page leads to. `keep` writes down what is being typed elsewhere, before a draft is made of a wish;
    `edit` shows a draft where it was written."""

    open: Callable[[str], None]
    keep: Callable[[], None]
    edit: Callable[[Draft], None]
    back: Callable[[], None]


class WaitingPage(QWidget):
    """A card for each wish, those that need the person first."""

    def __init__(
        self, icons: Icons, bell: Bell, clipboard: QClipboard, contact: Contact, outbox: Outbox, doing: Doing
    ) -> None:
        super().__init__()
        self.setProperty("role", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icons, self._clipboard, self._contact, self._outbox, self._doing = (
            icons,
            clipboard,
            contact,
            outbox,
            doing,
        )
        self._shown: tuple[Waiting, ...] | None = None
        self._count = Label("", "muted")
        self._empty = EmptyState(
            icons,
            "circle-check",
            "Tout est parti",
            "Aucun envoi n\u2019attend sur cet ordinateur.",
            "Revenir à Contact",
        )
        self._empty.button.clicked.connect(doing.back)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.M)
        self._area = QScrollArea()
        self.notice = Banner(icons, "info", "info")
        self._hush, self._beat = QTimer(self), QTimer(self)
        for timer, milliseconds, does in (
            (self._hush, _SAID_MS, self.notice.hide),
            (self._beat, _HELD_MS, self.refresh),
        ):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
            timer.timeout.connect(does)
        self._build()
        Follow(self, bell, TOPICS, self.refresh)

    def _build(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(Space.XL, Space.L, Space.XL, Space.S)
        head.setSpacing(2)
        head.addWidget(Label("En attente", "title"))
        head.addWidget(self._count)
        inside = QWidget()
        inside.setProperty("role", "ground")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.XL, Space.S, Space.XL, Space.XL)
        column.addLayout(self._cards)
        column.addStretch(1)
        inside.setMaximumWidth(920)
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.notice)
        page.addLayout(head)
        page.addWidget(self._area, 1)
        page.addWidget(self._empty, 1)

    def counts(self) -> tuple[int, int]:
        """How many wishes wait, and how many of them need the person."""
        waiting = self._worth_showing()
        return len(waiting), sum(each.state in STUCK for each in waiting)

    def refresh(self) -> None:
        """Reads the outbox again; the cards change only when it did. Nothing rings when a wish is no longer held: it is
        looked at."""
        waiting = self._worth_showing()
        if any(each.state is WishState.HELD for each in waiting):
            self._beat.start()
        if waiting == self._shown:
            return
        self._shown = waiting
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        ordered = sorted(waiting, key=lambda each: (each.state not in STUCK, each.made_at))
        for each, messages in self._with_messages(ordered[:_SHOWN]):
            self._cards.addWidget(Card(self._icons, each, _written(each, messages), _answered(each, messages), self))
        stuck = sum(each.state in STUCK for each in waiting)
        self._count.setText(_summary(len(waiting), stuck))
        self._area.setVisible(bool(waiting))
        self._empty.setVisible(not waiting)

    def _worth_showing(self) -> tuple[Waiting, ...]:
        """What she asked for herself, and whatever needs her; that she has read something leaves without a word."""
        return tuple(each for each in self._outbox.waiting() if not each.quiet or each.state in STUCK)

    def _with_messages(self, waiting: list[Waiting]) -> Iterator[tuple[Waiting, tuple[MessageRow, ...]]]:
        """Each with the conversation that it belongs to, which is read once however many of its messages wait."""
        read: dict[str, tuple[MessageRow, ...]] = {}
        for each in waiting:
            if each.request_id is not None and each.request_id not in read:
                read[each.request_id] = self._contact.conversation(each.request_id)
            yield each, read.get(each.request_id or "", ())

    # What a card asks

    def open(self, waiting: Waiting) -> None:
        if waiting.request_id is not None:
            self._doing.open(waiting.request_id)

    def take_back(self, waiting: Waiting) -> None:
        self._doing.keep()
        draft = self._contact.take_back(waiting.wish_id)
        if draft is not None:
            self._doing.edit(draft)
        else:
            self.notice.tell(f"Trop tard{NBSP}: «{NBSP}{waiting.title}{NBSP}» est déjà parti.")
            self._hush.start()
            self.refresh()

    def edit(self, waiting: Waiting) -> None:
        self._doing.keep()
        self._doing.edit(self._contact.edit_refused(waiting.wish_id))

    def retry(self, waiting: Waiting) -> None:
        self._outbox.retry(waiting.wish_id)

    def insist(self, waiting: Waiting) -> None:
        self._outbox.insist(waiting.wish_id)

    def copy(self, text: str) -> None:
        self._clipboard.setText(text)

    def give_up(self, waiting: Waiting) -> None:
        confirm(
            self,
            f"Abandonner cet envoi{NNBSP}?",
            f"{_what_becomes(waiting)} et son contenu sera perdu ici. Copiez-le d\u2019abord si vous voulez le garder.",
            "Abandonner l\u2019envoi",
            "Conserver",
            _GiveUp(self._outbox, waiting.wish_id),
        )


def _written(waiting: Waiting, messages: tuple[MessageRow, ...]) -> MessageRow | None:
    """The message that the wish carries, as the conversation shows it."""
    return next((message for message in messages if message.wish_id == waiting.wish_id), None)


def _answered(waiting: Waiting, messages: tuple[MessageRow, ...]) -> MessageRow | None:
    """What the portal holds since: the adviser's latest message."""
    if waiting.state is not WishState.CONFLICT:
        return None
    return next((message for message in reversed(messages) if message.from_adviser), None)


@dataclass(frozen=True, slots=True)
class _GiveUp:
    outbox: Outbox
    wish_id: str

    def __call__(self) -> None:
        self.outbox.give_up(self.wish_id)


class Card(QFrame):
    """One wish: its state in words and shape, what it says, what the portal said, and what can be done."""

    def __init__(
        self, icons: Icons, waiting: Waiting, written: MessageRow | None, answered: MessageRow | None, page: WaitingPage
    ) -> None:
        super().__init__()
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
        if waiting.state is WishState.CONFLICT:
            column.addLayout(self._versions(answered))
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

    def _versions(self, answered: MessageRow | None) -> QHBoxLayout:
        """What the clerk wrote, and what is at the portal since, side by side."""
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        mine = self._written.text if self._written else self._waiting.title
        theirs = answered.text if answered else "L\u2019état de la demande a changé."
        who = f"{answered.author}, {wording.moment_said(answered.at)}" if answered else "Au portail"
        for head, text in (("Votre envoi", mine), (who, theirs)):
            part = QFrame()
            part.setProperty("role", "ground")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            column = QVBoxLayout(part)
            column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
            column.setSpacing(2)
            column.addWidget(ElidedLabel(head, "label"))
            column.addWidget(Label(_start(text), "secondary", wrap=True))
            column.addStretch(1)
            row.addWidget(part, 1)
        return row

    def _buttons(self) -> list[Button]:
        state = self._waiting.state
        made: list[Button] = []
        if state is WishState.CONFLICT:
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


def _in_a_row(buttons: list[Button]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, Space.XS, 0, 0)
    row.setSpacing(Space.S)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _what_becomes(waiting: Waiting) -> str:
    """Of what she gives up: that it was never sent is said only where it is known."""
    named = f"«{NBSP}{waiting.title}{NBSP}»"
    if waiting.uncertain:
        return f"{named} est peut-être déjà arrivé au portail{NNBSP}; Volet ne l\u2019enverra plus,"
    return f"{named} ne sera pas envoyé"


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


def _summary(waiting: int, stuck: int) -> str:
    if not waiting:
        return ""
    said = wording.count(waiting, "envoi")
    if not stuck:
        verb = "partira de lui-même" if waiting < 2 else "partiront d\u2019eux-mêmes"
        later = "s\u2019il est fermé, Volet enverra à son prochain démarrage."
        return f"{said} {verb} dès que possible. Vous pouvez continuer{NNBSP}; {later}"
    verb = "demande votre attention" if stuck < 2 else "demandent votre attention"
    return f"{said}, dont {wording.number(stuck)} {verb}."
