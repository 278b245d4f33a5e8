"""« Exporter mes dossiers initiés dans l’ancien espace client »: asking, and each export with its state."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.services.allowances import ExportRow, ExportStage, NotAskable
from desktop.services.downloads import Download, DownloadState
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.contact.inputs import Area
from desktop.views.fields.flow import Flow
from desktop.views.fields.shapes import Button, Chip, IconButton, Label, announce
from desktop.views.payments import saying
from desktop.views.payments.desk import Desk
from desktop.views.payments.fetching import ON_ITS_WAY, Fetching
from desktop.views.tokens import Space
from desktop.views.wording import NNBSP

_WHY: Final = (
    "Le portail rassemble tous les paiements de vos dossiers commencés dans l’ancien espace client, quelle que soit "
    "leur date. Une fois prêt, l’export s’ouvre dans la vérification de fichiers et rejoint votre historique."
)
_NAMES: Final = {"csv": "CSV", "xlsx": "XLSX (Excel)"}


class Exports(QWidget):
    """`left` when the person goes back to the payments."""

    left = Signal()

    def __init__(self, desk: Desk, fetching: Fetching) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Exports de l’ancien espace client")
        self._desk, self._fetching = desk, fetching
        self._space_id: str | None = None
        icons = desk.office.icons
        self.ask = Button("Demander un export", "primary", icons=icons, icon="download", does=self._ask)
        self.back = IconButton(icons, "x", "Revenir au détail des paiements", does=self.left.emit)
        self.formats = {kind: Chip(name) for kind, name in _NAMES.items()}
        self.scope, self.complaint = Label("", "secondary", wrap=True), Label("", "error", wrap=True)
        self.complaint.hide()
        self._group = QButtonGroup(self)
        self.cards: dict[str, Card] = {}
        self._build()
        fetching.moved.connect(self._progress)
        fetching.arrived.connect(self.refresh)
        Follow(self, desk.office.bell, {"allowances", "portfolio", "waiting"}, self.refresh)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label("Exporter mes dossiers initiés dans l’ancien espace client", "thread", wrap=True), 1)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignTop)
        choice = Flow(gap=Space.S)
        for kind, chip in self.formats.items():
            chip.setChecked(kind == "csv")
            self._group.addButton(chip)
            choice.addWidget(chip)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(Space.L, Space.L, Space.L, Space.L)
        column.setSpacing(Space.M)
        column.addLayout(head)
        column.addWidget(Label(_WHY, "muted", wrap=True))
        column.addWidget(self.scope)
        column.addLayout(choice)
        column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.complaint)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.S)
        column.addLayout(self._cards)
        column.addStretch(1)
        area = Area(inside)
        area.setAccessibleName("Exports de l’ancien espace client")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def show_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        self.refresh()

    def focus_first(self) -> None:
        self.ask.setFocus(Qt.FocusReason.OtherFocusReason)

    # What it shows

    @property
    def _spaces(self) -> list[str]:
        allowed = self._desk.allowances.spaces()
        return sorted(allowed if self._space_id is None else allowed & {self._space_id})

    def refresh(self) -> None:
        spaces = len(self._spaces)
        self.ask.setEnabled(bool(spaces))
        all_of = "de toutes vos entreprises" if self._space_id is None else "de l’entreprise choisie"
        said = f"Porte sur {wording.count(spaces, 'espace')} {all_of}."
        self.scope.setText(said if spaces else "Vous n’avez pas le droit de consulter les indemnités journalières ici.")
        rows = self._desk.allowances.exports()
        self._lay([row.export_id for row in rows])
        for row in rows:
            self.cards[row.export_id].tell(row)
        self._progress()

    def _lay(self, wanted: list[str]) -> None:
        """The cards that are there keep their widgets, and with them the focus."""
        for export_id in self.cards.keys() - set(wanted):
            card = self.cards.pop(export_id)
            self._cards.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, export_id in enumerate(wanted):
            if export_id not in self.cards:
                self.cards[export_id] = Card(self._desk, self._fetching)
            if self._cards.indexOf(self.cards[export_id]) != place:
                self._cards.insertWidget(place, self.cards[export_id])

    def _progress(self) -> None:
        for card in self.cards.values():
            card.follow()

    # What is asked

    def _ask(self) -> None:
        kind = next(kind for kind, chip in self.formats.items() if chip.isChecked())
        self.complaint.hide()
        try:
            self._desk.allowances.ask_export(self._spaces, kind)
        except NotAskable as why:
            self.complaint.setText(why.sentence)
            self.complaint.show()
            announce(self, why.sentence)


class Card(QFrame):
    """One export: when it was asked for, where it stands, and what one may do now."""

    def __init__(self, desk: Desk, fetching: Fetching) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._desk, self._fetching = desk, fetching
        self.row: ExportRow | None = None
        icons = desk.office.icons
        self.title, self.said = Label("", "heading", wrap=True), Label("", "muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.open = Button("Ouvrir dans la vérification", "primary", icons=icons, icon="shield-check", does=self._open)
        self.save = Button("Enregistrer sous…", icons=icons, icon="save", does=self._save)
        self.stop = Button("Annuler", "link", does=self._stop)
        self.give_up = Button("Retirer cette demande", "link", does=self._give_up)
        row = Flow(gap=Space.S)
        for button in (self.open, self.save, self.stop, self.give_up):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        column.setSpacing(Space.S)
        for part in (self.title, self.said, self.bar):
            column.addWidget(part)
        column.addLayout(row)

    def tell(self, row: ExportRow) -> None:
        self.row = row
        self.title.setText(saying.title(row))
        self.setAccessibleName(saying.title(row))

    def follow(self) -> None:
        """As far as it has come."""
        row = self.row
        if row is None:
            return
        download = self._fetching.progress(row.sha256)
        coming = download is not None and download.state in ON_ITS_WAY
        at_hand = row.here or bool(row.path)
        self.bar.setVisible(coming or row.stage is ExportStage.PREPARING)
        self.bar.setRange(0, 1000 if coming else 0)
        self.said.setText(saying.stage(row, self._desk.office.now()))
        if download is not None and not row.here:
            self._tell_download(download)
        again = download is not None and download.state in (DownloadState.FAILED, DownloadState.CANCELLED)
        resumed = again and download is not None and download.received > 0
        words = "Ouvrir dans la vérification" if row.here else "Télécharger et vérifier"
        self.open.setText("Reprendre le téléchargement" if resumed and not row.here else words)
        for button in (self.open, self.save):
            button.setVisible(at_hand and not coming)
        self.stop.setVisible(coming)
        self.give_up.setVisible(row.wish_id is not None)

    def _tell_download(self, download: Download) -> None:
        part = 1000 * download.received // download.size if download.size else 0
        if download.state in ON_ITS_WAY:
            self.bar.setValue(part)
            self.bar.setAccessibleName(f"Téléchargement, {part // 10}{NNBSP}%")
            speed = f", {wording.rate(download.rate)}" if download.rate else ""
            done, whole = wording.size(download.received), wording.size(download.size)
            self.said.setText(f"Téléchargement{wording.NBSP}: {done} sur {whole}{speed}")
        elif download.state is DownloadState.FAILED and download.problem is not None:
            self.said.setText(f"{download.problem.sentence} Ce qui est arrivé est gardé.")

    def _open(self) -> None:
        if self.row is not None:
            self._fetching.review_export(self.row)

    def _save(self) -> None:
        if self.row is not None:
            self._fetching.save_export(self.row)

    def _stop(self) -> None:
        if self.row is not None and self.row.sha256:
            self._fetching.cancel(self.row.sha256)

    def _give_up(self) -> None:
        if self.row is not None and self.row.wish_id:
            self._desk.allowances.give_up(self.row.wish_id)
