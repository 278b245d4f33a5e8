"""One message as a bubble: who and when, the text as it was written, its files, and how it stands with the portal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from html import escape
from math import ceil
from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from desktop.services.contact import Delivery, MessageRow
from desktop.views import wording
from desktop.views.contact.attachments import Attachments, FileChip
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Radius, Size, font
from desktop.views.wording import NBSP

_PAD: Final = 16
_TOP: Final = 12
_HEAD: Final = 20
_GAP: Final = 8
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Remedies:
    """What the person may do about a message that has not arrived; each takes the wish's identifier."""

    take_back: Callable[[str], None]
    edit: Callable[[str], None]
    insist: Callable[[str], None]
    give_up: Callable[[str], None]


def html_of(text: str) -> str:
    """Plain text in a block that breathes. Nothing in it is ever markup: neither tags nor links."""
    broken = escape(text.rstrip()).replace(chr(10), "<br>")
    return f'<div style="line-height:135%; white-space:pre-wrap">{broken}</div>'


def signed(message: MessageRow) -> str:
    """Who wrote it, as said above it."""
    if message.mine:
        return "Vous"
    return f"{message.author} · votre assureur" if message.from_adviser else message.author


def sentence(message: MessageRow) -> str:
    """The message as assistive tools read it."""
    files = ", ".join(file.name for file in message.attachments)
    return wording.sentence(
        f"{signed(message)}, le {wording.moment_said(message.at)}",
        "non lu" if message.unread else "",
        message.text.strip().rstrip("."),
        f"{wording.plural(len(message.attachments), 'pièce jointe', 'pièces jointes')}{NBSP}: {files}" if files else "",
        message.sentence.rstrip(".") or _STATES.get(message.delivery, "").lower(),
    )


_STATES: Final = {
    Delivery.HELD: "Envoi dans un instant",
    Delivery.WAITING: "À envoyer",
    Delivery.REFUSED: "Refusée",
    Delivery.CONFLICT: "À revoir",
}


class Bubble(QWidget):
    """Laid out by hand (`arrange`), so that a long conversation costs little."""

    def __init__(
        self,
        message: MessageRow,
        fields: Fields,
        attachments: Attachments,
        remedies: Remedies,
        icons: Icons,
        hold: timedelta,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.message, self.fields = message, tuple(fields)
        self._icons, self._hold, self._remedies = icons, hold, remedies
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(sentence(message))
        self._table = self._label(_table(fields, icons)) if fields else None
        self._body = self._label(html_of(message.text)) if message.text.strip() else None
        self.chips = [FileChip(file, attachments, icons, self) for file in message.attachments]
        self._state = self._state_label() if message.delivery is not Delivery.SENT else None
        self.buttons = [self._button(label, act) for label, act in self._offers()]
        self._arranged = (0, 0)
        self.tick(message.at)
        icons.look.changed.connect(self._redress)

    # What it is made of

    @property
    def _failed(self) -> bool:
        return self.message.delivery in (Delivery.REFUSED, Delivery.CONFLICT)

    def _label(self, html: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.RichText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        label.setText(html)
        return label

    def _state_label(self) -> QLabel:
        label = Label("", "error" if self._failed else "secondary", wrap=True)
        label.setParent(self)
        return label

    def _offers(self) -> list[tuple[str, Callable[[str], None]]]:
        remedies = self._remedies
        return {
            Delivery.SENT: [],
            Delivery.HELD: [("Annuler l\u2019envoi", remedies.take_back)],
            Delivery.WAITING: [] if self.message.left else [("Annuler l\u2019envoi", remedies.take_back)],
            Delivery.REFUSED: [
                ("Modifier et renvoyer", remedies.edit),
                ("Copier", self._copy_all),
                ("Abandonner", remedies.give_up),
            ],
            Delivery.CONFLICT: [
                ("Envoyer quand même", remedies.insist),
                ("Modifier et renvoyer", remedies.edit),
                ("Abandonner", remedies.give_up),
            ],
        }[self.message.delivery]

    def _button(self, label: str, act: Callable[[str], None]) -> Button:
        button = Button(label, "link")
        button.setParent(self)
        button.setAccessibleName(f"{label}, message de {wording.hour(self.message.at)}")
        button.clicked.connect(partial(self._do, act))
        return button

    def _do(self, act: Callable[[str], None]) -> None:
        if self.message.wish_id is not None:
            act(self.message.wish_id)

    def tick(self, now: datetime) -> None:
        """Says how the message stands at this moment: called each second while it is held."""
        left = round((self.message.at + self._hold - now).total_seconds())
        said = {
            Delivery.HELD: f"Envoi dans {left}{NBSP}s" if left > 0 else "Envoi…",
            Delivery.WAITING: "Envoi à confirmer par le portail"
            if self.message.left
            else "À envoyer dès que le portail répond",
            Delivery.REFUSED: f"Refusée par le portail. {self.message.sentence}",
            Delivery.CONFLICT: self._changed(),
        }.get(self.message.delivery, "")
        if self._state is not None and self._state.text() != said:
            self._state.setText(said)
            self._arranged = (0, 0)

    def _changed(self) -> str:
        """What the request has become, and what to do; as the portal says it where no more is known."""
        ground = self.message.ground
        if ground is None:
            return self.message.sentence
        became = wording.became(closed=ground.closed, awaited=ground.awaited, at=ground.at)
        return f"{became} Relisez-la, puis confirmez votre envoi."

    # Its shape

    def natural_width(self, widest: int) -> int:
        """What it would take not to break a line, within `widest`."""
        body = QFontMetricsF(font(Size.BODY))
        lines = [body.horizontalAdvance(line) for line in self.message.text.splitlines()]
        head = 130 + QFontMetricsF(font(Size.SECONDARY, 600)).horizontalAdvance(signed(self.message))
        chips = [chip.sizeHint().width() for chip in self.chips]
        wanted = max([*lines, head, *chips, 320 if self._failed or self.fields else 0, self._foot_width()])
        return min(widest, round(wanted) + 2 * _PAD + 4)

    def _foot_width(self) -> int:
        if self._state is None or not self.buttons:
            return 0
        return (
            24
            + sum(button.sizeHint().width() + _GAP for button in self.buttons)
            + (0 if self._failed else self._state_width(self._state) + _GAP)
        )

    @staticmethod
    def _state_width(state: QLabel) -> int:
        """On one line: what a label that may wrap wishes for is narrower than what it says."""
        return ceil(QFontMetricsF(state.font()).horizontalAdvance(state.text())) + 2

    def arrange(self, width: int) -> int:
        """Lays its parts out at this width; answers its height."""
        if self._arranged[0] != width:
            self._arranged = (width, self._lay_out(width))
        return self._arranged[1]

    def _lay_out(self, width: int) -> int:
        inner, y = width - 2 * _PAD, _TOP + _HEAD + 2
        for label in (self._table, self._body):
            if label is not None:
                high = label.heightForWidth(inner)
                label.setGeometry(_PAD, y, inner, high)
                y += high + (_GAP if label is self._body else 2 * _GAP)
        y = self._arrange_chips(inner, y)
        if self._state is not None:
            y = self._arrange_state(self._state, inner, y)
        return y - _GAP + _TOP

    def _arrange_chips(self, inner: int, y: int) -> int:
        x, high = 0, 0
        for chip in self.chips:
            size = chip.sizeHint()
            wide = min(size.width(), inner)
            if x and x + wide > inner:
                x, y = 0, y + size.height() + _GAP
            chip.setGeometry(_PAD + x, y, wide, size.height())
            x, high = x + wide + _GAP, size.height()
        return y + high + _GAP if self.chips else y

    def _arrange_state(self, state: QLabel, inner: int, y: int) -> int:
        left = _PAD + 22
        if self._failed:
            high = state.heightForWidth(inner - 22)
            state.setGeometry(left, y, inner - 22, high)
            x, y = left - 2, y + high + 4
        else:
            wide = min(self._state_width(state), inner - 22)
            high = max(26, state.heightForWidth(wide))
            state.setGeometry(left, y, wide, high)
            x = left + wide + _GAP
        for button in self.buttons:
            size = button.sizeHint()
            if x > left and x + size.width() > inner + _PAD:
                x, y = left - 2, y + 28
            button.setGeometry(x, y, size.width(), 26)
            x += size.width() + 4
        return y + (26 if self.buttons else high) + _GAP

    def sizeHint(self) -> QSize:
        return self.size()

    # What it looks like

    def _redress(self) -> None:
        if self._table is not None:
            self._table.setText(_table(self.fields, self._icons))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - a bubble is painted whole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, mine = self._icons.look, self.message.mine
        edge = "error" if self._failed else "accent" if self.hasFocus() else "hairline"
        thick = 2 if self.hasFocus() else 1
        box = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        painter.setPen(QPen(look.colour(edge), thick))
        painter.setBrush(look.colour("mine" if mine else "raised"))
        painter.drawRoundedRect(box, Radius.BUBBLE, Radius.BUBBLE)
        self._paint_head(painter)
        if self._table is not None and self._body is not None:
            painter.fillRect(
                _PAD, self._table.geometry().bottom() + _GAP, self.width() - 2 * _PAD, 1, look.colour("hairline")
            )
        if self._state is not None:
            name, ink = ("circle-alert", "error") if self._failed else ("clock", "muted")
            drawing = self._icons.pixmap(name, ink, 15, self.devicePixelRatioF())
            painter.drawPixmap(_PAD, self._state.y() + (2 if self._failed else 6), drawing)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        look = self._icons.look
        bold, small = font(Size.SECONDARY, 600), font(Size.META)
        hour = wording.hour(self.message.at)
        tagged = self.message.unread or (self.message.mine and self.message.delivery is Delivery.SENT)
        kept = QFontMetricsF(small).horizontalAdvance(hour) + (84 if tagged else 8)
        room = self.width() - 2 * _PAD - kept
        metrics = QFontMetricsF(bold)
        name = metrics.elidedText(signed(self.message), Qt.TextElideMode.ElideRight, max(60.0, room))
        line = QRectF(_PAD, _TOP - 1, self.width() - 2 * _PAD, _HEAD)
        left = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(bold)
        painter.setPen(look.colour("text"))
        painter.drawText(line, left, name)
        painter.setFont(small)
        painter.setPen(look.colour("muted"))
        painter.drawText(line.adjusted(metrics.horizontalAdvance(name) + 8, 0.5, 0, 0.5), left, hour)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        if self.message.unread:
            painter.setFont(font(Size.META, 600))
            painter.setPen(look.colour("accent"))
            painter.drawText(line, right, "Nouveau")
        elif self.message.mine and self.message.delivery is Delivery.SENT:
            painter.drawText(line, right, "Envoyée")
            wide = QFontMetricsF(small).horizontalAdvance("Envoyée")
            tick = self._icons.pixmap("check", "muted", 13, self.devicePixelRatioF())
            painter.drawPixmap(round(line.right() - wide - 17), round(line.top() + 4), tick)

    # What can be done with it

    def copied(self) -> str:
        """What « Copier le message » puts on the clipboard."""
        head = f"{signed(self.message)}, le {wording.moment_said(self.message.at)}"
        rows = [f"{label}{NBSP}: {value}" for label, value in self.fields]
        files = [f"Pièce jointe{NBSP}: {file.name}" for file in self.message.attachments]
        return "\n".join([head, *rows, self.message.text, *files])

    def _copy_all(self, wish_id: str) -> None:  # noqa: ARG002 - a remedy like the others
        QApplication.clipboard().setText(self.message.text)

    def copy(self) -> None:
        """The selected words when there are some, else the whole message."""
        chosen = self._body.selectedText() if self._body is not None and self._body.hasSelectedText() else ""
        QApplication.clipboard().setText(chosen.replace("\u2028", "\n").replace("\u2029", "\n") or self.copied())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        some = self._body is not None and self._body.hasSelectedText()
        menu.addAction("Copier la sélection" if some else "Copier le message").triggered.connect(self.copy)
        for label, act in self._offers():
            menu.addAction(label).triggered.connect(partial(self._do, act))
        menu.popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().event(event)


def _table(fields: Fields, icons: Icons) -> str:
    muted = icons.look.tokens.muted
    rows = "".join(
        f'<tr><td style="color:{muted}; padding:2px 16px 2px 0">{escape(label)}</td>'
        f'<td style="padding:2px 0; white-space:pre-wrap">{escape(value).replace(chr(10), "<br>")}</td></tr>'
        for label, value in fields
    )
    return f'<table cellspacing="0" cellpadding="0" style="font-size:{Size.SECONDARY}px">{rows}</table>'
