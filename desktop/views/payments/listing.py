"""The list of payments: search, the table, and what its rows come to."""

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.allowances import Listing, PaymentRow, Query
from desktop.views import printing, wording
from desktop.views.bell import Follow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, EmptyState, Label, announce
from desktop.views.payments import saying
from desktop.views.payments.desk import Desk
from desktop.views.payments.printing import PRINTED, listing_page
from desktop.views.rows.current import Filled, stand
from desktop.views.rows.tables import RowTable
from desktop.views.table import RIGHT, Column, KeepPlace, Rows
from desktop.views.tokens import Size, Space, font

_ROW: Final = 36
_NARROWEST: Final = 56
_COMPANY: Final = 6
_PAID, _PERSON, _PERIOD, _DAYS, _GROSS, _NET = range(_COMPANY)
_WIDTHS: Final = {_PAID: 98, _PERSON: 172, _PERIOD: 192, _DAYS: 58, _GROSS: 100, _NET: 100, _COMPANY: 150}
_LONGEST: Final = {
    _PAID: "00/00/0000",
    _PERIOD: "00/00/0000 – 00/00/0000",
    _DAYS: "−000",
    _GROSS: "−00\u202f000,00\u00a0€",
    _NET: "−00\u202f000,00\u00a0€",
}
"""What a column has room for, however little there is: a name may end in …, an amount may not."""
_LEAST_NAME, _SIDES, _ACROSS = 96, 22, 620
_SPARED: Final = (_DAYS, _PAID)
"""What is put away where there is no room even so, first to last: the period says the days, the detail the rest."""


class PaymentList(QWidget):
    """`opened` when another payment is current (`key`); `asked_export` for the exports of the former space."""

    opened = Signal()
    asked_export = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Liste des indemnités journalières")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self.key: int | None = None
        placeholder = "Rechercher un salarié, un n° de dossier, une référence, une date…"
        self.search = SearchField(office.icons, placeholder)
        words = "Exporter mes dossiers initiés dans l’ancien espace client"
        self.export = Button(words, "link", icons=office.icons, icon="download", does=self.asked_export.emit)
        self.totals = Label("", "meta", wrap=True)
        columns = [
            Column("Payé le", _paid_on),
            Column("Salarié", _person, tooltip=_leave),
            Column("Période", _period),
            Column("Jours", saying.days, RIGHT),
            Column("Brut", _gross, RIGHT),
            Column("Net", _net, RIGHT),
            Column("Entreprise", _company, tooltip=_company),
        ]
        self.table = PaymentTable(Rows(desk.allowances.rows, _key, columns, saying.sentence))
        self.empty = EmptyState(office.icons, "receipt-euro", does=self._clear)
        self._build()
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self.table.setFocus)
        self.table.selectionModel().selectionChanged.connect(self._moved)
        Follow(self, office.bell, {"allowances", "portfolio"}, self._follow)

    def _build(self) -> None:
        self._row = row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self.totals, 1)
        row.addWidget(self.export)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addWidget(self.search)
        upper.addLayout(row)
        self._pages = Filled(self.table, self.empty, self._desk.office.bell)
        stand(self, upper, self._pages)

    # What it shows

    def sizeHint(self) -> QSize:
        return QSize(760, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, 180)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the sums and the button stand one above the other."""
        super().resizeEvent(event)
        across = event.size().width() >= _ACROSS
        way = QHBoxLayout.Direction.LeftToRight if across else QHBoxLayout.Direction.TopToBottom
        if self._row.direction() != way:
            self._row.setDirection(way)
            self._row.setSpacing(Space.M if across else Space.XS)
            left = Qt.AlignmentFlag.AlignLeft
            self._row.setAlignment(self.export, Qt.AlignmentFlag(0) if across else left)

    @property
    def query(self) -> Query:
        return Query(self.search.text().strip(), self._space_id)

    def show_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        self.table.setColumnHidden(_COMPANY, space_id is not None)
        self.table.fit()
        self.refresh()

    def _follow(self) -> None:
        self.table.rows.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Asks for the rows again; the newest question wins."""
        query = self.query
        work = partial(self._desk.allowances.listing, query)
        self._desk.office.later.ask(self, work, partial(self._show, query), what="payments")

    def _show(self, query: Query, listing: Listing) -> None:
        self.table.rows.set_ids(listing.ids)
        number = len(listing.ids)
        lines = wording.count(number, "ligne")
        said = f"{lines} · brut {saying.euros(listing.gross)} · net {saying.euros(listing.net)}" if number else ""
        if said != self.totals.text():
            self.totals.setText(said)
            if query.text:
                announce(self, wording.count(number, "résultat"))
        self._pages.fill(number, partial(self._say_why, query))

    def _say_why(self, query: Query) -> None:
        allowed = self._desk.allowances.spaces()
        if query.text:
            self.empty.say("Aucun résultat", "Aucune indemnité ne répond à cette recherche.", "Effacer la recherche")
        elif not self._desk.office.settled():
            hint = "Les indemnités arrivent du portail et s’affichent au fur et à mesure."
            self.empty.say("Première synchronisation en cours…", hint, "", "refresh-cw")
        elif not allowed or (query.space_id is not None and query.space_id not in allowed):
            hint = "Demandez à l’administrateur principal le droit de consulter les indemnités journalières."
            self.empty.say("Vous n’avez pas accès aux indemnités journalières", hint, "", "lock")
        else:
            hint = (
                "Le portail montre les paiements de moins de trois mois. Volet garde tous ceux qu’il a vus. Pour les "
                "plus anciens, exportez vos dossiers de l’ancien espace client."
            )
            self.empty.say("Aucune indemnité pour l’instant", hint, "", "receipt-euro")

    def print_current(self) -> None:
        """What is chosen, if it is several; else the rows as they are listed."""
        rows, total, sums = self.table.chosen(), len(self.table.selectionModel().selectedRows()), ""
        if total > 1:
            gross, net = sum(row.gross for row in rows), sum(row.net for row in rows)
            sums = f"{wording.count(total, 'ligne')} · brut {saying.euros(gross)} · net {saying.euros(net)}"
        else:
            total, sums = self.table.rows.rowCount(), self.totals.text()
            rows = self.table.first(PRINTED)
        office = self._desk.office
        printing.preview(self, office.icons, listing_page(rows[:PRINTED], total, sums, office.now()))

    def _clear(self) -> None:
        self.search.clear()

    def _moved(self) -> None:
        places = self.table.selectionModel().selectedRows()
        key = self.table.rows.key_at(places[0].row()) if len(places) == 1 else None
        if key is not None and key != self.key:
            self.key = key
            self.opened.emit()


class PaymentTable(RowTable[PaymentRow]):
    """The payments, one line each."""

    def __init__(self, rows: Rows[PaymentRow]) -> None:
        super().__init__(rows, "Indemnités journalières", _ROW, cells)
        self.setProperty("role", "lines")
        self.setFont(font(Size.BODY, tabular=True))
        across = self.horizontalHeader()
        for column, width in _WIDTHS.items():
            across.resizeSection(column, width)
        across.setMinimumSectionSize(_NARROWEST)
        across.setStretchLastSection(True)
        across.sectionResized.connect(self._leave_widths)
        self._fitting, self._by_hand = False, False
        KeepPlace(self, rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def fit(self) -> None:
        """The amounts are in sight whatever room there is, unless the person has made the columns as they are."""
        if self._by_hand:
            return
        metrics, room = self.fontMetrics(), self.viewport().width()
        needs = {at: max(_NARROWEST, metrics.horizontalAdvance(text) + _SIDES) for at, text in _LONGEST.items()}
        shown = {_PERSON: _LEAST_NAME, **needs}
        for column in _SPARED:
            if sum(shown.values()) > room:
                del shown[column]
        spare = max(0, room - sum(shown.values()))
        self._fitting = True
        for column in (_PERSON, *_LONGEST):
            self.setColumnHidden(column, column not in shown)
        for column, least in shown.items():
            wide = min(max(least, _WIDTHS[column]), least + spare)
            spare -= wide - least
            self.setColumnWidth(column, wide)
        self._fitting = False

    def _leave_widths(self, column: int) -> None:
        """A heading was drawn by the mouse. Those at the end are stretched and put away by others than the person."""
        if not self._fitting and self.isVisible() and column < _NET:
            self._by_hand = True


def cells(row: PaymentRow) -> list[str]:
    """A row as columns of a spreadsheet: numbers and days as such."""
    texts = [row.last_name, row.first_name, row.matricule, row.leave_number, row.reference, row.company]
    safe = [wording.disarmed(text) for text in texts]
    days = [wording.day(day) if day is not None else "" for day in (row.paid_on, row.start, row.end)]
    amounts = [f"{cents / 100:.2f}".replace(".", ",") for cents in (row.gross, row.net)]
    return [days[0], *safe[:4], *days[1:], str(row.days), *amounts, *safe[4:]]


def _key(row: PaymentRow) -> int:
    return row.key


def _paid_on(row: PaymentRow) -> str:
    return wording.day(row.paid_on)


def _person(row: PaymentRow) -> str:
    return f"{row.person} – annulation" if row.cancels else row.person


def _leave(row: PaymentRow) -> str:
    return wording.sentence(saying.what(row), f"dossier n°\u00a0{row.leave_number}" if row.leave_number else "")


def _period(row: PaymentRow) -> str:
    return saying.period(row.start, row.end)


def _gross(row: PaymentRow) -> str:
    return saying.euros(row.gross)


def _net(row: PaymentRow) -> str:
    return saying.euros(row.net)


def _company(row: PaymentRow) -> str:
    return row.company
