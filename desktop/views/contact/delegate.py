"""One request of the list, painted: 84 pixels, and 30 more for the day that begins with it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from desktop.services.contact import Pill, RequestRow
from desktop.views import wording
from desktop.views.contact import pill
from desktop.views.icons import Icons
from desktop.views.rows.cards import CardDelegate
from desktop.views.table import RIGHT
from desktop.views.tokens import Size, font
from desktop.views.wording import NBSP

_CLIP: Final = 15
_PENCIL: Final = 13
_DRAFTED: Final = "Brouillon"
_DISC: Final = 20


class RequestDelegate(CardDelegate[RequestRow]):
    """`with_company` is set by the list when it shows several companies."""

    def __init__(self, icons: Icons, today: Callable[[], date], parent: QObject | None = None) -> None:
        super().__init__(icons, Size.ROW, parent)
        self._today = today
        self.with_company = True

    def paint_row(self, painter: QPainter, box: QRectF, row: RequestRow, *, chosen: bool) -> None:
        box = box.adjusted(24, 11, -22, -10)
        line = box.height() / 3
        first = QRectF(box.left(), box.top(), box.width(), line)
        self._paint_first(painter, first, row)
        second = first.translated(0, line - 1)
        if row.drafted and row.pill is not Pill.DRAFT:
            second.setRight(self._paint_drafted(painter, second) - 10)
        painter.setPen(self._look.colour("text"))
        self._write(painter, second, subject_of(row), font(Size.BODY, 500 if row.unread else 400))
        self._paint_third(painter, QRectF(box.left(), box.top() + 2 * line, box.width(), line), row, chosen)

    def _paint_drafted(self, painter: QPainter, box: QRectF) -> float:
        """« Brouillon », with its pencil, at the end of the line; answers where it begins."""
        said = font(Size.META, 600)
        left = box.right() - QFontMetricsF(said).horizontalAdvance(_DRAFTED) - 1
        painter.setFont(said)
        painter.setPen(self._look.colour("going"))
        painter.drawText(box, RIGHT, _DRAFTED)
        drawing = self._icons.pixmap("pencil", "going", _PENCIL, painter.device().devicePixelRatio())
        left -= _PENCIL + 4
        painter.drawPixmap(QPointF(left, box.center().y() - _PENCIL / 2), drawing)
        return left

    def _paint_first(self, painter: QPainter, box: QRectF, row: RequestRow) -> None:
        unread = row.unread > 0
        date_font = font(Size.META, 600 if unread else 400, tabular=True)
        said = self._date(row.moved_at)
        date_width = QFontMetricsF(date_font).horizontalAdvance(said)
        painter.setFont(date_font)
        painter.setPen(self._look.colour("accent" if unread else "muted"))
        painter.drawText(box, RIGHT, said)
        room = box.adjusted(0, 0, -date_width - 12, 0)
        theme_font = font(Size.BODY, 700 if unread else 600)
        company = f"{NBSP}· {row.company}" if self.with_company else ""
        kept = min(64.0, QFontMetricsF(font(Size.META)).horizontalAdvance(company)) if company else 0.0
        painter.setPen(self._look.colour("text"))
        used = self._write(painter, room.adjusted(0, 0, -kept, 0), theme_of(row), theme_font)
        if company:
            painter.setPen(self._look.colour("muted"))
            self._write(painter, room.adjusted(used + 2, 0.5, 0, 0.5), company, font(Size.META))

    def _date(self, moment: datetime) -> str:
        """The hour for the days whose title says which they are, else as everywhere."""
        today = self._today()
        if wording.local(moment).date() == today - timedelta(days=1):
            return wording.hour(moment)
        return wording.list_date(moment, today)

    def _paint_third(self, painter: QPainter, box: QRectF, row: RequestRow, chosen: bool) -> None:
        middle = box.center().y()
        face = pill.FACES[row.pill]
        left = box.left()
        left += pill.paint(painter, left, middle, face, self._icons, outlined=chosen) + 10
        right = box.right()
        if row.unread:
            right -= self._paint_count(painter, right, middle, row.unread) + 6
        if row.files:
            ratio = painter.device().devicePixelRatio()
            drawing = self._icons.pixmap("paperclip", "muted", _CLIP, ratio)
            painter.drawPixmap(QPointF(right - _CLIP, middle - _CLIP / 2), drawing)
            right -= _CLIP + 6
        painter.setPen(self._look.colour("muted"))
        room = QRectF(left, box.top(), right - left, box.height())
        self._write(painter, room, self._meta(row, room.width()), font(Size.META))

    def _paint_count(self, painter: QPainter, right: float, middle: float, count: int) -> float:
        said = str(count) if count < 100 else "99+"
        figures = font(11, 700, tabular=True)
        wide = max(_DISC, QFontMetricsF(figures).horizontalAdvance(said) + 12)
        disc = QRectF(right - wide, middle - _DISC / 2, wide, _DISC)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("accent"))
        painter.drawRoundedRect(disc, _DISC / 2, _DISC / 2)
        painter.setFont(figures)
        painter.setPen(self._look.colour("on_accent"))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, said)
        return float(wide)

    def _meta(self, row: RequestRow, room: float) -> str:
        """The longest wording that fits: the file number is what clerk and insurer name the request by."""
        metrics = QFontMetricsF(font(Size.META))
        if row.pill is Pill.DRAFT:
            return "Pas encore envoyée"
        whole, short = metas(row)
        return whole if metrics.horizontalAdvance(whole) <= room else short


def numbered(row: RequestRow) -> str:
    """« Dossier n° 7611111 », or that it has none yet."""
    return f"Dossier n°{NBSP}{row.file_number}" if row.file_number else "Pas encore de n° de dossier"


def theme_of(row: RequestRow) -> str:
    """What the first line says; a request that was begun may have no theme yet."""
    return row.theme or "Nouvelle demande"


def metas(row: RequestRow) -> tuple[str, str]:
    """What the third line says, and the same for where there is less room: who opened it is said alike in both."""
    opened = f"émise par {'vous' if row.mine else row.author}"
    short = f"N°{NBSP}{row.file_number} · {opened}" if row.file_number else f"{opened[:1].upper()}{opened[1:]}"
    return f"{numbered(row)} · {opened}", short


def subject_of(row: RequestRow) -> str:
    """What the second line says: the subject, or the topic when there is none."""
    return row.subject or row.topic or "Sans objet"


def tooltip(row: RequestRow) -> str:
    """All of what a row may have had to shorten."""
    if row.pill is Pill.DRAFT:
        lines = (theme_of(row), row.topic, row.subject, "Brouillon, pas encore envoyé", row.company)
        return "\n".join(line for line in lines if line)
    author = "vous" if row.mine else row.author
    return "\n".join(
        (
            f"{row.theme} – {row.topic}",
            *([row.subject] if row.subject else []),
            f"{numbered(row)} · émise le {wording.long_day(row.opened_at)} par {author}",
            f"{row.company} · {wording.member(row.member_number)}",
        )
    )


def sentence(row: RequestRow) -> str:
    """The row as assistive tools read it."""
    if row.pill is Pill.DRAFT:
        kept = f"enregistré le {wording.moment_said(row.moved_at)}"
        return wording.sentence(
            "Brouillon", theme_of(row), row.topic, row.subject, "pas encore envoyé", kept, row.company
        )
    return wording.sentence(
        row.theme,
        row.topic,
        row.subject if row.subject != row.topic else "",
        pill.FACES[row.pill].label.lower(),
        wording.count(row.unread, "message non lu", "messages non lus") if row.unread else "",
        "brouillon de réponse" if row.drafted else "",
        numbered(row).lower(),
        f"émise le {wording.long_day(row.opened_at)} par {'vous' if row.mine else row.author}",
        f"dernier mouvement le {wording.moment_said(row.moved_at)}",
        wording.count(row.files, "pièce jointe", "pièces jointes") if row.files else "",
        f"{row.company}, {wording.member(row.member_number)}",
        "ancien espace client" if row.former else "",
    )


def cells(row: RequestRow) -> list[str]:
    """The row as the columns of a spreadsheet."""
    texts = [
        row.file_number or "",
        wording.day(row.opened_at),
        wording.day(row.moved_at),
        row.theme,
        row.topic,
        row.subject,
        pill.FACES[row.pill].label,
        row.author,
        row.company,
        row.member_number,
    ]
    return [wording.disarmed(text) for text in texts]
