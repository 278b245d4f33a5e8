"""One payment: all that is told of it, and the statement of the transfer it was paid with."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.services.allowances import PaymentSheet, StatementFile
from desktop.services.downloads import DownloadState
from desktop.views import printing, wording
from desktop.views.bell import Follow
from desktop.views.contact.inputs import Area
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, EmptyState, IconButton, Label
from desktop.views.payments import saying
from desktop.views.payments.desk import Desk
from desktop.views.payments.fetching import ON_ITS_WAY, Fetching
from desktop.views.payments.printing import payment_page
from desktop.views.tokens import Size, Space, font
from desktop.views.wording import NBSP, NNBSP

_REVIEWED: Final = "csv"
"""The statement that « Vérifier ce relevé » opens: it is the one that tells all."""


class Detail(QWidget):
    """The NIR is masked unless it is asked for."""

    def __init__(self, desk: Desk, fetching: Fetching) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Détail de l’indemnité")
        self._desk, self._fetching = desk, fetching
        self._key: int | None = None
        self._revealed = False
        self.sheet: PaymentSheet | None = None
        icons = desk.office.icons
        self.title, self.under = Label("", "thread", wrap=True), Label("", "secondary", wrap=True)
        self.reveal = IconButton(icons, "eye", "Montrer le numéro de sécurité sociale", does=self._toggle)
        self.beside, self.note = Label("", "muted", wrap=True), Label("", "secondary", wrap=True)
        self.buttons: dict[str, Button] = {}
        self._labels: list[Label] = []
        self._build()
        fetching.moved.connect(self._show_files)
        Follow(self, desk.office.bell, {"allowances", "portfolio"}, self.refresh)

    def _build(self) -> None:
        icons = self._desk.office.icons
        self._facts = QFrame()
        self._facts.setProperty("role", "card")
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        self._grid.setHorizontalSpacing(Space.L)
        self._grid.setVerticalSpacing(Space.XS)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        self.check = Button("Vérifier ce relevé", "link", icons=icons, icon="shield-check", does=self._review)
        area = Area(self._laid_out(self._row_of_files()))
        area.setAccessibleName("Détail de l’indemnité")
        hint = "Choisissez un paiement dans la liste."
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyState(icons, "receipt-euro", "Aucun paiement ouvert", hint))
        self._pages.addWidget(area)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _row_of_files(self) -> Flow:
        icons = self._desk.office.icons
        row = Flow(gap=Space.S)
        for kind in ("pdf", "csv", "xlsx"):
            icon = "file-text" if kind == "pdf" else "file-spreadsheet"
            button = Button(kind.upper(), icons=icons, icon=icon, does=partial(self._save, kind))
            self.buttons[kind] = button
            row.addWidget(button)
        return row

    def _laid_out(self, files: Flow) -> QWidget:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignTop)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(self.under)
        column.addWidget(self._facts)
        column.addWidget(Label("Relevé du paiement", "heading"))
        column.addWidget(self.beside)
        column.addLayout(files)
        column.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.note)
        column.addStretch(1)
        return inside

    # What it shows

    def show_payment(self, key: int | None) -> None:
        if key != self._key:
            self._key, self._revealed = key, False
        self.refresh()

    def refresh(self) -> None:
        today = self._desk.office.today()
        self.sheet = self._desk.allowances.sheet(self._key, today) if self._key is not None else None
        self._pages.setCurrentIndex(0 if self.sheet is None else 1)
        if self.sheet is None:
            return
        row = self.sheet.row
        self.title.setText(row.person)
        what = saying.what(row)
        self.under.setText(f"{what} · {saying.euros(row.net)} net, le {wording.long_day(row.paid_on)}")
        others = self.sheet.beside - 1
        beside = f"{wording.count(self.sheet.beside, 'ligne')}, {saying.euros(self.sheet.net)} net en tout."
        self.beside.setText(beside if others else "Ce paiement ne compte que cette ligne.")
        self._tell_facts()
        self._show_files()

    def _tell_facts(self) -> None:
        if self.sheet is None:
            return
        for old in self._labels:
            old.hide()
            old.deleteLater()
        self._labels = []
        for place, (label, value) in enumerate(saying.facts(self.sheet.row, revealed=self._revealed)):
            caption, said = Label(label, "muted", wrap=True), Label(value, wrap=True)
            said.setAccessibleName(f"{label}{NBSP}: {value}")
            said.setFont(font(Size.BODY, tabular=True))
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._labels += [caption, said]
            self._grid.addWidget(caption, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, place, 1)
        name = f"{'Masquer' if self._revealed else 'Montrer'} le numéro de sécurité sociale"
        self.reveal.setVisible(bool(self.sheet.row.nir))
        self.reveal.setAccessibleName(name)
        self.reveal.setToolTip(wording.tip(name))

    def print_current(self) -> None:
        """As it is shown."""
        if self.sheet is not None:
            office = self._desk.office
            printing.preview(self, office.icons, payment_page(self.sheet, office.now(), revealed=self._revealed))

    def _toggle(self) -> None:
        self._revealed = not self._revealed
        self._tell_facts()

    # The statement

    def _file(self, kind: str) -> StatementFile | None:
        files = self.sheet.statements if self.sheet is not None else ()
        return next((file for file in files if file.kind == kind), None)

    def _show_files(self) -> None:
        if self.sheet is None:
            return
        for kind, button in self.buttons.items():
            file = self._file(kind)
            button.setVisible(file is not None)
            if file is not None:
                status = self._status(file)
                button.setText(f"{kind.upper()}{status}")
                button.setAccessibleName(f"Télécharger le relevé en {kind.upper()}{status}")
        self.check.setVisible(self._file(_REVIEWED) is not None)
        shown = "" if self.sheet.shown_by_portal else _GONE
        self.note.setText(shown)
        self.note.setVisible(bool(shown))

    def _status(self, file: StatementFile) -> str:
        download = self._fetching.progress(file.path)
        if download is None or file.here:
            return f" · {wording.size(file.size)}" if file.here else ""
        if download.state in ON_ITS_WAY:
            part = 100 * download.received // download.size if download.size else 0
            return f" · {part}{NNBSP}%"
        return " · échec – réessayer" if download.state is DownloadState.FAILED else ""

    def _save(self, kind: str, _checked: bool = False) -> None:
        file = self._file(kind)
        if self.sheet is not None and file is not None:
            self._fetching.save_statement(self.sheet.row, file)

    def _review(self) -> None:
        file = self._file(_REVIEWED)
        if self.sheet is not None and file is not None:
            self._fetching.review_statement(self.sheet.row, file)


_GONE: Final = (
    "Ce paiement a plus de trois mois\u00a0: le portail ne le montre plus, Volet l’a gardé. Les relevés déjà "
    "téléchargés restent ici."
)
