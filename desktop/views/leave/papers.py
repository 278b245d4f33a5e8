"""The documents of a leave: those awaited, to be brought, and the files that were sent."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.contact import AttachmentRow
from desktop.services.leave import Awaited, FileRow
from desktop.views.contact.attachments import Attachments, FileChip
from desktop.views.fields.shapes import Button, Label
from desktop.views.icons import Icons
from desktop.views.tokens import Space
from desktop.views.wording import NBSP


class Papers(QFrame):
    """`bring` is asked for an awaited document, by its identifier; "" for any other."""

    def __init__(self, icons: Icons, attachments: Attachments, bring: Callable[[str], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._icons, self._attachments, self._bring = icons, attachments, bring
        self._told: tuple[tuple[Awaited, ...], tuple[FileRow, ...], bool] | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(Space.S)
        self._lines: list[QWidget] = []
        self.add = Button("Ajouter un document", "link", icons=icons, icon="paperclip", does=partial(bring, ""))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        head = QHBoxLayout()
        head.addWidget(Label("Documents", "heading"), 1)
        head.addWidget(self.add)
        column.addLayout(head)
        column.addLayout(self._rows)
        icons.look.changed.connect(self._draw)

    def tell(self, awaited: Sequence[Awaited], files: Sequence[FileRow], *, open_: bool) -> None:
        """`open_`: more may be sent."""
        told = tuple(awaited), tuple(files), open_
        if told != self._told:
            self._told = told
            self._draw()

    def _draw(self) -> None:
        for line in self._lines:
            line.hide()
            line.deleteLater()
        awaited, files, open_ = self._told or ((), (), False)
        self.add.setVisible(open_)
        self._lines = [self._wanted(one, open_=open_) for one in awaited] + [self._sent(file) for file in files]
        if not self._lines:
            self._lines = [Label("Aucun document n\u2019a été envoyé.", "muted")]
        for line in self._lines:
            self._rows.addWidget(line)
            line.show()

    def _wanted(self, awaited: Awaited, *, open_: bool) -> QWidget:
        line = QWidget()
        sign = Label()
        sign.setPixmap(self._icons.pixmap("hourglass", "going", 16, self.devicePixelRatioF()))
        button = Button("Envoyer ce document")
        button.setAccessibleName(f"Envoyer ce document{NBSP}: {awaited.label}")
        button.clicked.connect(partial(self._bring, awaited.awaited_id))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        row.addWidget(sign)
        row.addWidget(Label(f"Attendu{NBSP}: {awaited.label}", wrap=True), 1)
        row.addWidget(button)
        if not open_:
            button.hide()
        return line

    def _sent(self, file: FileRow) -> QWidget:
        line = QWidget()
        shown = AttachmentRow(file.attachment_id, file.name, file.media_type, file.size, file.sha256, file.kept)
        row = QVBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        if file.document:
            row.addWidget(Label(file.document, "meta", wrap=True))
        row.addWidget(FileChip(shown, self._attachments, self._icons, line))
        return line
