"""What stands above and below a conversation: which request it is, and what « close » means for it."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop.services.contact import Awaited, Pill, RequestRow, RequestSheet
from desktop.views import wording
from desktop.views.contact.delegate import numbered, subject_of
from desktop.views.contact.pill import FACES, PillLabel
from desktop.views.contact.yielding import Part, Yielding
from desktop.views.fields.shapes import Button, ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Size, Space
from desktop.views.wording import NBSP

_ROOMY: Final = 600
"""Below this width the buttons of the head lose their words."""
_ROW: Final = 44
"""One document of several, with its button: the others are scrolled to in a low window."""
_KINDS: Final = {"ok": ("circle-check", "ok", "ok_ground"), "warning": ("hourglass", "going", "going_ground")}


def opened(row: RequestRow) -> str:
    """« Dossier n° 7611111 · Émise le 21 novembre 2026 par Claire Martin »."""
    author = "vous" if row.mine else row.author
    return f"{numbered(row)} · Émise le {wording.long_day(row.opened_at)} par {author}"


def add_mark_unread(menu: QMenu, row: RequestRow, does: Callable[[], None]) -> None:
    """« Marquer comme non lue »; when there is nothing to mark, it says why."""
    action = menu.addAction("Marquer comme non lue")
    action.triggered.connect(does)
    why_not = "" if row.answered else "Votre conseiller n’a pas encore écrit dans cette demande."
    if row.pill is Pill.DRAFT:
        why_not = "Cette demande n’est pas encore envoyée."
    elif row.unread:
        why_not = "Cette demande est déjà non lue."
    if why_not:
        action.setEnabled(False)
        action.setToolTip(wording.tip(why_not))
        action.setStatusTip(why_not)
        menu.setToolTipsVisible(True)


class RequestHead(QFrame):
    """Theme, subject, number and status, with « Imprimer » and « Plus »."""

    def __init__(
        self,
        icons: Icons,
        printed: Callable[[], None],
        copied: Callable[[], None],
        unread: Callable[[], None],
    ) -> None:
        super().__init__()
        self.setProperty("role", "top")
        self.setAccessibleName("La demande")
        self.theme, self.subject = ElidedLabel("", "thread"), ElidedLabel("")
        self.meta, self.place = ElidedLabel("", "secondary"), ElidedLabel("", "meta")
        self.pill = PillLabel(icons, FACES)
        self.print = Button("Imprimer", icons=icons, icon="printer", does=printed)
        self.print.setToolTip("Imprimer la conversation (Ctrl+P)")
        self.more = Button("Plus", icons=icons, icon="ellipsis", does=self._open_menu)
        self.more.setToolTip("Autres actions sur la demande")
        self._copied, self._unread = copied, unread
        self._row: RequestRow | None = None
        self._low = False
        top = QHBoxLayout()
        top.setSpacing(Space.S)
        top.addWidget(self.theme, 1)
        top.addWidget(self.print)
        top.addWidget(self.more)
        middle = QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(self.pill)
        middle.addWidget(self.meta, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.M, Space.L, Space.M)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.subject)
        column.addSpacing(2)
        column.addLayout(middle)
        column.addWidget(self.place)

    def show_sheet(self, sheet: RequestSheet) -> None:
        self._row = sheet.row
        self.theme.setText(sheet.row.theme)
        self.pill.show_pill(sheet.row.pill)
        self._tell(sheet.row)

    def set_low(self, low: bool) -> None:
        """In a low window the conversation needs a line: the company takes that of the date, never the reverse."""
        self._low = low
        self.place.setVisible(not low)
        if self._row is not None:
            self._tell(self._row)

    def _tell(self, row: RequestRow) -> None:
        subject = " – ".join(dict.fromkeys(text for text in (row.topic, subject_of(row)) if text))
        where = [row.company, wording.member(row.member_number)]
        place = " · ".join([*where, "ancien espace client"] if row.former else where)
        self.subject.setText(f"{numbered(row)} · {subject}" if self._low else subject)
        self.meta.setText(place if self._low else opened(row))
        self.place.setText(place)

    def menu(self) -> QMenu:
        """« Plus »."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(f"Copier le n°{NBSP}de dossier").triggered.connect(self._copied)
        if self._row is not None:
            add_mark_unread(menu, self._row, self._unread)
        menu.addSeparator()
        printing = QAction("Imprimer la conversation…", menu)
        printing.triggered.connect(self.print.click)
        menu.addAction(printing)
        return menu

    def _open_menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = event.size().width() >= _ROOMY
        for button, words in ((self.print, "Imprimer"), (self.more, "Plus")):
            button.setText(words if roomy else "")
            button.setAccessibleName(words)


class ClosureCard(Part):
    """« Close » told honestly: done, or waiting for documents, each with its « Envoyer ce document »."""

    def __init__(self, icons: Icons, bring: Callable[[str], None]) -> None:
        super().__init__()
        self._icons, self._bring = icons, bring
        self._picture = Label()
        self.title = Label("", "heading", wrap=True)
        self.explanation = Label("", "secondary", wrap=True)
        several = QWidget()
        self._rows = QVBoxLayout(several)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self._several = Yielding(several, "Documents attendus", _ROW)
        self._made: list[QWidget] = []
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[str, Button] = {}
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self._several)
        words.addWidget(self.explanation)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.XL, Space.S + 2, Space.L, Space.S + 2)
        row.setSpacing(Space.M)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        self._side = QVBoxLayout()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(Space.S)
        self._beside.addLayout(words, 1)
        self._beside.addLayout(self._side)
        row.addLayout(self._beside, 1)
        icons.look.changed.connect(self._dress)
        self._kind = "ok"
        self.hide()

    def show_sheet(self, sheet: RequestSheet, brought: frozenset[str]) -> None:
        """`brought`: the awaited documents that the draft already holds."""
        seen = (sheet.row.request_id, sheet.row.closed, sheet.row.moved_at, sheet.awaited, brought, sheet.can_reply)
        if seen == self._shown:
            return
        self._shown = seen
        self.setVisible(sheet.row.closed)
        if not sheet.row.closed:
            return
        if sheet.awaited:
            self._show_awaited(sheet, brought)
        else:
            self._kind = "ok"
            self._clear()
            self._several.hide()
            self.title.setText(f"Close – traitée le {wording.long_day(sheet.row.moved_at)}")
            self.explanation.setText("Écrire ici rouvre la demande." if sheet.can_reply else "")
        self.explanation.setVisible(bool(self.explanation.text()))
        self._dress()

    def _show_awaited(self, sheet: RequestSheet, brought: frozenset[str]) -> None:
        self._kind = "warning"
        self._clear()
        one = len(sheet.awaited) == 1
        if one:
            self.title.setText(f"Close – en attente d\u2019un document{NBSP}: {sheet.awaited[0].label}")
            said = "L\u2019envoi du document rouvre la demande."
        else:
            self.title.setText(f"Close – en attente de {len(sheet.awaited)}{NBSP}documents")
            said = "L\u2019envoi des documents rouvre la demande."
        if one and sheet.awaited[0].awaited_id in brought:
            said = f"Prêt à envoyer. {said}"
        self.explanation.setText(said if one and sheet.can_reply else "")
        self._several.setVisible(not one)
        for document in sheet.awaited:
            self._list(document, sheet, ready=document.awaited_id in brought, alone=one)
        if not one and sheet.can_reply:
            words = Label(said, "secondary", wrap=True)  # below the documents, to which one scrolls
            self._made.append(words)
            self._rows.addWidget(words)

    def _list(self, document: Awaited, sheet: RequestSheet, *, ready: bool, alone: bool) -> None:
        """One document has its button beside the title; several have a line each."""
        button = Button("Envoyer ce document", icons=self._icons, icon="upload")
        button.setAccessibleName(f"Envoyer ce document{NBSP}: {document.label}")
        button.clicked.connect(partial(self._bring, document.awaited_id))
        if ready or not sheet.can_reply:  # never shown before it has its place: it would be a window of its own
            button.hide()
        self.buttons[document.awaited_id] = button
        if alone:
            self._side.addWidget(button)
            self._made.append(button)
            return
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(Space.S)
        words = f"{document.label} – prêt à envoyer" if ready else document.label
        row.addWidget(ElidedLabel(words), 1)
        row.addWidget(button)
        self._made.append(line)
        self._rows.addWidget(line)

    def _clear(self) -> None:
        for line in self._made:
            line.hide()
            line.deleteLater()
        self._made.clear()
        self.buttons.clear()

    def _dress(self) -> None:
        icon, ink, _ = _KINDS[self._kind]
        self._picture.setPixmap(self._icons.pixmap(icon, ink, Size.ICON, self.devicePixelRatioF()))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(side if event.size().width() >= _ROOMY - 60 else QBoxLayout.Direction.TopToBottom)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - flat: all of it
        look = self._icons.look
        painter = QPainter(self)
        painter.fillRect(self.rect(), look.colour(_KINDS[self._kind][2]))
        painter.fillRect(QRect(0, 0, self.width(), 1), look.colour("hairline"))
        painter.end()
