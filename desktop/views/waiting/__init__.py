"""« En attente »: what the person wants of the portal and has not got yet, each with what can be done about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.services.contact import Contact, Draft, Ground, MessageRow
from desktop.services.outbox import Outbox, Waiting, WishState
from desktop.views import wording
from desktop.views.bell import Bell, Follow
from desktop.views.fields.shapes import Banner, EmptyState, Label
from desktop.views.icons import Icons
from desktop.views.notices import confirm
from desktop.views.tokens import Space
from desktop.views.waiting.card import STUCK, Card, Story, story
from desktop.views.wording import NBSP, NNBSP

__all__ = ["STUCK", "TOPICS", "Card", "Doing", "WaitingPage"]

_SHOWN: Final = 50
"""More cards than anybody reads; the rest is counted."""
_SAID_MS: Final = 6000
_HELD_MS: Final = 1000
TOPICS: Final = frozenset({*Outbox.topics, Contact.topic})
"""What the page, and whoever counts what waits, follows."""


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
        self._shown: tuple[tuple[Waiting, ...], Mapping[str, Ground]] | None = None
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
        grounds = self._contact.grounds() if any(each.state is WishState.CONFLICT for each in waiting) else {}
        if (waiting, grounds) == self._shown:
            return
        self._shown = waiting, grounds
        while (item := self._cards.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        ordered = sorted(waiting, key=lambda each: (each.state not in STUCK, each.made_at))
        for told in self._stories(ordered[:_SHOWN], grounds):
            self._cards.addWidget(Card(self._icons, told, self))
        stuck = sum(each.state in STUCK for each in waiting)
        self._count.setText(_summary(len(waiting), stuck))
        self._area.setVisible(bool(waiting))
        self._empty.setVisible(not waiting)

    def _worth_showing(self) -> tuple[Waiting, ...]:
        """What she asked for herself, and whatever needs her; that she has read something leaves without a word."""
        return tuple(each for each in self._outbox.waiting() if not each.quiet or each.state in STUCK)

    def _stories(self, waiting: Sequence[Waiting], grounds: Mapping[str, Ground]) -> Iterator[Story]:
        """Each with the conversation that it belongs to, which is read once however many of its messages wait."""
        read: dict[str, tuple[MessageRow, ...]] = {}
        for each in waiting:
            if each.request_id is not None and each.request_id not in read:
                read[each.request_id] = self._contact.conversation(each.request_id)
            yield story(each, read.get(each.request_id or "", ()), grounds.get(each.wish_id))

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


@dataclass(frozen=True, slots=True)
class _GiveUp:
    outbox: Outbox
    wish_id: str

    def __call__(self) -> None:
        self.outbox.give_up(self.wish_id)


def _what_becomes(waiting: Waiting) -> str:
    """Of what she gives up: that it was never sent is said only where it is known."""
    named = f"«{NBSP}{waiting.title}{NBSP}»"
    if waiting.uncertain:
        return f"{named} est peut-être déjà arrivé au portail{NNBSP}; Volet ne l\u2019enverra plus,"
    return f"{named} ne sera pas envoyé"


def _summary(waiting: int, stuck: int) -> str:
    if not waiting:
        return ""
    said = wording.count(waiting, "envoi")
    if not stuck:
        verb = "partira de lui-même" if waiting < 2 else "partiront d\u2019eux-mêmes"
        later = "s\u2019il est fermé, Volet enverra à son prochain démarrage."
        return f"{said} {verb} dès que possible. Vous pouvez continuer{NNBSP}; {later}"
    verb = "demande votre attention" if stuck < 2 else "demandent votre attention"
    return f"{said} {verb}." if stuck == waiting else f"{said}, dont {wording.number(stuck)} {verb}."
