"""In the place of a file that cannot be shown: why, and what to do with it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from desktop.views.fields.shapes import EmptyState
from desktop.views.icons import Icons
from desktop.views.tokens import Size, font
from desktop.views.wording import quoted

_WIDEST: Final = 380
"""Of a name: a line of the page."""


def unreadable(icons: Icons, locked: bool) -> EmptyState:
    """It is of a kind that is shown, but not this one."""
    why = "Il est protégé par un mot de passe." if locked else "Il est peut-être endommagé."
    hint = f"{why} Vous pouvez l\u2019enregistrer pour l\u2019ouvrir autrement."
    return EmptyState(icons, "circle-alert", "Ce fichier ne peut pas être affiché", hint)


def unshown(icons: Icons, name: str, save: Callable[[], None]) -> EmptyState:
    """It is of a kind that only other programs show."""
    face = QFontMetrics(font(Size.BODY, 600))
    short = face.elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST)
    return EmptyState(
        icons,
        "file",
        f"{quoted(short)}\nne s\u2019affiche pas ici",
        "Enregistrez-le, puis ouvrez-le avec le logiciel qui convient.",
        "Enregistrer sous…",
        save,
    )
