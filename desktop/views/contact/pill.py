"""The status pill: the portal's words, a shape and a colour, the same in the list and at the head of a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.services.contact import Pill
from desktop.views.fields.shapes import paint_pill, pill_width
from desktop.views.icons import Icons
from desktop.views.tokens import Size, font

P = TypeVar("P")

_GLYPH: Final = 13
_HEIGHT: Final = 22


@dataclass(frozen=True, slots=True)
class Face:
    """`ink` and `ground` are names of `Tokens`; the icon is the shape that does without colour."""

    label: str
    ink: str
    ground: str
    icon: str


FACES: Final = {
    Pill.REFUSED: Face("Envoi refusé", "error", "error_ground", "circle-x"),
    Pill.CONFLICT: Face("À revoir", "error", "error_ground", "split"),
    Pill.AWAITED: Face("Document attendu", "going", "going_ground", "hourglass"),
    Pill.ANSWERED: Face("Réponse reçue", "info", "info_ground", "reply"),
    Pill.WAITING: Face("À envoyer", "closed", "closed_ground", "clock"),
    Pill.RECEIVED: Face("Demande reçue", "ok", "ok_ground", "circle-dot"),
    Pill.DONE: Face("Demande close", "closed", "closed_ground", "check"),
    Pill.DRAFT: Face("Brouillon", "going", "going_ground", "pencil"),
}


def width(face: Face) -> float:
    """How wide the pill is, in logical pixels."""
    return pill_width(font(Size.META, 600), face.label)


def paint(painter: QPainter, x: float, middle: float, face: Face, icons: Icons, *, outlined: bool = False) -> float:
    """Paints the pill from `x`, centred on `middle`; answers its width. On a tinted row it needs its outline."""
    look = icons.look
    glyph = icons.pixmap(face.icon, face.ink, _GLYPH, painter.device().devicePixelRatio())
    ink, ground = look.colour(face.ink), look.colour(face.ground)
    return paint_pill(painter, x, middle, face.label, font(Size.META, 600), ink, ground, glyph=glyph, outlined=outlined)


class PillLabel(QWidget, Generic[P]):
    """The pill as a widget: one of `faces`, the first until another is told."""

    def __init__(self, icons: Icons, faces: Mapping[P, Face]) -> None:
        super().__init__()
        self._icons, self._faces = icons, faces
        self._face = next(iter(faces.values()))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        icons.look.changed.connect(self.update)

    @property
    def label(self) -> str:
        return self._face.label

    def show_pill(self, pill: P) -> None:
        self._face = self._faces[pill]
        self.setAccessibleName(self._face.label)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(width(self._face) + 0.5), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - the pill is small: all of it
        painter = QPainter(self)
        paint(painter, 0, _HEIGHT / 2, self._face, self._icons)
        painter.end()
