"""The current line, whole: what was found of it, every column, and the file's own text."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QResizeEvent, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout

from desktop.services.problems import Problem
from desktop.services.review import saying
from desktop.views.allowances.desk import Desk
from desktop.views.allowances.lines.asking import Told
from desktop.views.allowances.reviewed import PORTAL
from desktop.views.allowances.telling import line_of
from desktop.views.allowances.verdicts import said
from desktop.views.fields.shapes import Button, ElidedLabel, Ground, IconButton
from desktop.views.printing import unbroken
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import Place
    from desktop.services.review.keeping import RawLine

Raw = Callable[[str, int], "RawLine | None"]
"""The text of a line of a file, by its sha256 and the line's number. Not on the GUI thread."""
_FIELD: Final = 250
"""Width of a column and its value, in logical pixels."""
_WHOLE: Final = 22
"""Signs of a value that is not broken in two."""
_UNKEPT: Final = "Le fichier n’est pas gardé\u00a0: son texte d’origine n’est plus là."


class LineDetail(Ground):
    """`tell` shows a line; `open_file(number)` shows its file; `shut` puts the pane away."""

    def __init__(self, desk: Desk, raw: Raw, open_file: Callable[[int], None], shut: Callable[[], None]) -> None:
        super().__init__("foot")
        self.setAccessibleName("Détail de la ligne")
        self._desk, self._raw, self._open_file = desk, raw, open_file
        self._told: Told | None = None
        self._text = ""
        self._columns = 0
        self._where = ElidedLabel("", "heading")
        self._file = Button("Voir le fichier", "link", does=self._show_file)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Détail de la ligne")
        self.text.setOpenLinks(False)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        head = QHBoxLayout()
        head.setSpacing(Space.M)
        head.addWidget(self._where, 1)
        head.addWidget(self._file)
        head.addWidget(IconButton(desk.icons, "x", "Masquer le détail de la ligne", does=shut))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.XS, Space.S, Space.XS)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        self.setMinimumHeight(120)
        desk.icons.look.changed.connect(self._draw)
        self.tell(None)

    def tell(self, told: Told | None) -> None:
        """None: no line is current."""
        self._told, self._text = told, ""
        self._file.setVisible(told is not None)
        if told is None:
            self._where.setText("Choisissez une ligne pour la voir en entier")
        else:
            place = line_of(told.file.name, told.line, portal=told.file.portal)
            self._where.setText(f"{place[0].upper()}{place[1:]}{also(told.elsewhere)}")
            work = partial(self._raw, told.file.sha256, told.line)
            if not told.file.portal:
                self._desk.errands.ask(self, work, self._take_raw, self._no_raw, what="raw")
        self._draw()

    def _take_raw(self, found: "RawLine | None") -> None:
        if self._told is not None:
            text = found.text if found is not None else _UNKEPT
            self._text = text if self._told.revealed else saying.without_nir(text)
            self._draw()

    def _no_raw(self, error: Exception) -> None:
        """The file is not kept, or cannot be opened now."""
        if self._told is not None:
            self._text = error.sentence if isinstance(error, Problem) else _UNKEPT
            self._draw()

    def _show_file(self) -> None:
        if self._told is not None:
            self._open_file(self._told.number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if max(1, self.text.viewport().width() // _FIELD) != self._columns:
            self._draw()

    def _draw(self) -> None:
        self._columns = max(1, self.text.viewport().width() // _FIELD)
        if self._told is None:
            self.text.setHtml("")
            return
        muted = self._desk.icons.look.tokens.muted
        parts = [_findings(self._told, muted), fields_told(self._told.fields, self._columns, muted)]
        if self._text:
            parts.append(f'<p style="color:{muted}">Dans le fichier{NBSP}:</p>')
            parts.append(f'<pre style="white-space:pre-wrap">{escape(self._text)}</pre>')
        self.text.setHtml(unbroken("".join(parts)))


def also(places: "Sequence[Place]") -> str:
    """« , aussi ligne 7 de « a.csv » »."""
    listed = [line_of(place.name, place.line, portal=place.source == PORTAL) for place in places]
    return f", aussi {' et '.join(listed)}" if listed else ""


def _findings(told: Told, muted: str) -> str:
    """What was found, with the next step and what is decided."""
    made = []
    for one in told.findings:
        more = [one.next_step] if one.next_step else []
        more += [f"{said(one.decision)}."] if one.decision is not None else []
        after = f' <span style="color:{muted}">{escape(" ".join(more))}</span>' if more else ""
        title = escape(one.title)
        made.append(f'<p style="margin:2px 0"><b>{title}{NBSP}:</b> {escape(one.explanation)}{after}</p>')
    return "".join(made)


def fields_told(fields: Sequence[tuple[str, str]], columns: int, muted: str) -> str:
    """Names and values side by side, read from the top down in each column."""
    high = -(-len(fields) // columns)
    rows = []
    for row in range(high):
        cells = []
        for place in range(row, len(fields), high):
            name, value = fields[place]
            cells.append(f'<td style="color:{muted};padding:1px 8px 1px 0">{escape(name)}</td>')
            whole = ";white-space:nowrap" if len(value) <= _WHOLE else ""  # a SIRET is one number, not two
            cells.append(f'<td style="padding:1px 24px 1px 0{whole}">{escape(value)}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table cellspacing="0" cellpadding="0">{"".join(rows)}</table>'
