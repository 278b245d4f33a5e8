"""What an attachment holds, shown inside the program and from memory: nothing is written to disk to be looked at.

PDF by QtPdf; pictures by the reader of their declared format and no other; text as text. The rest can only be saved.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.views.fields.shapes import Banner, Button, ElidedLabel, Label
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.tokens import Space
from desktop.views.viewer.excuses import unshown
from desktop.views.viewer.pdf import PdfPane
from desktop.views.viewer.picture import PicturePane, decode
from desktop.views.wording import NBSP

__all__ = ["PdfPane", "PicturePane", "Viewer", "decode", "show"]

_PICTURES: Final = {"image/png": b"png", "image/jpeg": b"jpeg"}
_TEXTS: Final = frozenset({"text/plain", "text/csv"})
_TEXT_SHOWN: Final = 400_000
_SAID_MS: Final = 6000


class Viewer(QDialog):
    """One file. `save` asks where to save it and does so."""

    def __init__(
        self,
        parent: QWidget,
        icons: Icons,
        later: Later,
        name: str,
        media_type: str,
        content: bytes,
        save: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The taskbar and every screen that is shared show the title of a window: the file's name stands inside.
        self.setWindowTitle("Pièce jointe")
        self.setAccessibleName(f"Pièce jointe{NBSP}: {name}")
        self.resize(min(980, parent.window().width()), max(600, parent.window().height() - 40))
        self._icons, self._later, self._name = icons, later, name
        self.bar = QHBoxLayout()
        self.bar.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        self.bar.setSpacing(Space.XS)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        heading = ElidedLabel(name, "heading", middle=True)
        heading.setContentsMargins(Space.M, Space.S, Space.M, 0)
        self.notice = Banner(icons, "info", "info")
        self._hush = QTimer(self)
        self._hush.setSingleShot(True)
        self._hush.setInterval(_SAID_MS)
        self._hush.timeout.connect(self.notice.hide)
        self._column.addWidget(heading)
        self._column.addLayout(self.bar)
        self.pane = self._make(media_type, content, save)
        self.bar.addStretch(1)
        self.bar.addWidget(Button("Enregistrer sous…", icons=icons, icon="save", does=save))
        self.bar.addWidget(Button("Fermer", does=self.reject))
        self._column.addWidget(self.notice)
        self._column.addWidget(self.pane, 1)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self).activated.connect(save)

    def _make(self, media_type: str, content: bytes, save: Callable[[], None]) -> QWidget:
        if media_type == "application/pdf":
            return PdfPane(self._icons, self.bar, self._name, content, self)
        if media_type in _PICTURES:
            return PicturePane(self._icons, self.bar, self._later, _PICTURES[media_type], content)
        if media_type in _TEXTS:
            return _text_pane(content, self.bar)
        return unshown(self._icons, self._name, save)

    def say(self, sentence: str) -> None:
        """What became of the file, here where it was asked for, for a few seconds."""
        self.notice.tell(sentence)
        self._hush.start()


def show(
    parent: QWidget, icons: Icons, later: Later, name: str, media_type: str, content: bytes, save: Callable[[], None]
) -> Viewer:
    """Opens the viewer beside the window."""
    viewer = Viewer(parent, icons, later, name, media_type, content, save)
    viewer.show()
    return viewer


def _text_pane(content: bytes, bar: QHBoxLayout) -> QPlainTextEdit:
    """UTF-8 as it should be, else the code page of French Windows. Never interpreted."""
    shown = content[:_TEXT_SHOWN]
    try:
        text = content.decode("utf-8-sig")[:_TEXT_SHOWN]
    except UnicodeDecodeError:
        text = shown.decode("cp1252", errors="replace")
    pane = QPlainTextEdit(text.replace("\0", "\ufffd"))
    pane.setReadOnly(True)
    pane.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    pane.setAccessibleName("Contenu du fichier")
    if len(content) > _TEXT_SHOWN:
        bar.addWidget(Label("Début du fichier\u202f; enregistrez-le pour le lire en entier.", "secondary"))
    return pane
