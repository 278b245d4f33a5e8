"""The list of requests: scope, search, filters, and the rows."""

from datetime import date
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from desktop.services.contact import Counts, Listing, Query, RequestRow, begins_request
from desktop.services.portfolio import Former
from desktop.views import printing, wording
from desktop.views.bell import Follow
from desktop.views.contact import delegate
from desktop.views.contact.criteria import Criteria
from desktop.views.contact.delegate import RequestDelegate
from desktop.views.contact.desk import Desk
from desktop.views.contact.filters import Filters
from desktop.views.contact.former import FormerNote
from desktop.views.contact.head import add_mark_unread
from desktop.views.contact.printing import PRINTED, listing_page
from desktop.views.contact.scope import ScopeSwitch
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Button, EmptyState, Label, announce
from desktop.views.rows.current import Current, Filled, stand
from desktop.views.rows.tables import CardTable
from desktop.views.table import Column, Rows
from desktop.views.tokens import Space
from desktop.views.wording import NBSP

_KEPT_FILTERS: Final = "contact/filters"
_KEPT_SCOPE: Final = "contact/mine"


class ListPane(QWidget):
    """`current` tells which request is; `asked_new` for « Nouvelle demande »; `asked_jump` when the former requests are
    wanted (`former`)."""

    asked_new = Signal()
    asked_jump = Signal()
    asked_unread = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self._desk = desk
        self._space_id: str | None = None
        self._drafts: frozenset[str] = frozenset()
        self.former: Former | None = None
        self.new = Button("Nouvelle demande", "primary", icons=desk.icons, icon="plus", does=self.asked_new.emit)
        self.new.setToolTip("Nouvelle demande (Ctrl+N)")
        self.scope = ScopeSwitch(desk.icons)
        self.search = SearchField(desk.icons, "Rechercher un n° de dossier, un mot, un salarié…")
        self.filters = Filters(desk.icons, str(desk.settings.value(_KEPT_FILTERS, "")), desk.contact.theme_labels)
        self.note = FormerNote(desk.icons, self.asked_jump.emit)
        self.painter = RequestDelegate(desk.icons, desk.today)
        rows = Rows(desk.contact.rows, _key, [Column("Demande", _title, tooltip=delegate.tooltip)], delegate.sentence)
        self.table = CardTable(rows, "Demandes", self.painter, delegate.cells)
        self.current = Current(self.table, _request_id, desk.contact.key_of)
        self.empty = EmptyState(desk.icons, "inbox", does=self._next_step)
        self.scope.set_mine(desk.settings.value(_KEPT_SCOPE, "false") == "true")
        self._build()
        self._join()

    def _build(self) -> None:
        title = Label("Demandes", "title")
        title.setAccessibleName("Récapitulatif de mes demandes")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(Label("Récapitulatif de mes demandes", "meta"))
        top = QHBoxLayout()
        top.addLayout(words, 1)
        top.addWidget(self.new, 0, Qt.AlignmentFlag.AlignVCenter)
        scope = Flow(
            gap=Space.S
        )  # a line wider than the pane would have the chips measured wider than they are laid out
        scope.addWidget(self.scope)
        scope.addWidget(self.filters.button)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M + 2, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addLayout(top)
        upper.addWidget(self.search)
        upper.addLayout(scope)
        upper.addWidget(self.filters)
        upper.addWidget(self.note)
        self._pages = Filled(self.table, self.empty, self._desk.bell)
        stand(self, upper, self._pages)

    def _join(self) -> None:
        self.scope.changed.connect(self._rescoped)
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self.table.setFocus)
        self.filters.changed.connect(self._narrowed)
        self.table.asked_menu.connect(self._open_menu)
        Follow(self, self._desk.bell, {"contact", "portfolio"}, self._follow)
        Follow(self, self._desk.bell, {"drafts"}, self._follow_drafts)

    # What it shows

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        holder = self.window().focusWidget()
        if holder is None or not holder.isVisible():  # nobody has it, or the page that one comes from
            shown = self._pages.currentWidget() or self.table
            shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        return QSize(430, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 320)

    @property
    def query(self) -> Query:
        return self.filters.criteria.query(self.search.text().strip(), self._space_id, mine=self.scope.mine)

    def show_space(self, space_id: str | None, criteria: Criteria | None = None) -> None:
        self._space_id = space_id
        self.painter.with_company = space_id is None
        self.search.clear()
        if criteria is not None:
            self.filters.set_criteria(criteria)
        self.refresh()

    def _rescoped(self) -> None:
        self._desk.settings.setValue(_KEPT_SCOPE, "true" if self.scope.mine else "false")
        self.refresh()

    def _narrowed(self) -> None:
        self._desk.settings.setValue(_KEPT_FILTERS, self.filters.criteria.to_text())
        self.refresh()

    def _follow(self) -> None:
        """The rows in sight say at once what the open request says; which rows there are takes a moment."""
        self.table.rows.refresh()
        self.refresh()

    def _follow_drafts(self) -> None:
        """What is begun, sent or dropped changes the list; what is typed only what a row says."""
        drafts = self._desk.contact.drafts()
        if drafts != self._drafts:
            self._drafts = drafts
            self.refresh()
        elif any(begins_request(key) for key in drafts):
            self.table.rows.refresh()

    def refresh(self) -> None:
        """Asks for the rows again; the newest question wins."""
        query = self.query
        self.former = self._desk.portfolio.former(self._space_id) if self._space_id is not None else None
        self.note.show_former(self.former)
        work = partial(self._read, query, self._desk.today())
        self._desk.later.ask(self, work, partial(self._show, query), what="listing")

    def _read(self, query: Query, today: date) -> tuple[Listing, Counts]:
        """On the reader's thread: both look at every request."""
        return self._desk.contact.listing(query, today), self._desk.contact.counts(query)

    def _show(self, query: Query, answer: tuple[Listing, Counts]) -> None:
        listing, counts = answer
        self.filters.show_counts(counts)
        self.current.show_rows(listing.ids, listing.groups, (query.space_id, query.mine))
        number = len(listing.ids)
        narrowed = bool(query.text) or self.filters.criteria != Criteria()
        said = wording.count(number, "demande") if narrowed else ""
        if self.filters.count.text() != said:
            self.filters.say(said)
            if query.text:
                announce(self, wording.count(number, "résultat"))
        self._pages.fill(number, partial(self._say_why, query))
        self.current.seek()

    def _say_why(self, query: Query) -> None:
        if query.text or self.filters.criteria != Criteria():
            filtered = self.filters.criteria != Criteria()
            causes = ["cette recherche"] * bool(query.text) + ["ces filtres"] * filtered
            hint = f"Aucune demande ne répond à {' et à '.join(causes)}."
            self.empty.say("Aucun résultat", hint, "Effacer la recherche et les filtres", "search")
        elif not self._desk.settled():
            hint = "Vos demandes arrivent du portail et s\u2019affichent au fur et à mesure."
            self.empty.say("Première synchronisation en cours…", hint, "", "refresh-cw")
        elif self.scope.mine:
            hint = f"Celles de vos collègues se trouvent sous «{NBSP}Toutes les demandes{NBSP}»."
            self.empty.say(
                "Vous n\u2019avez émis aucune demande pour l\u2019instant", hint, "Nouvelle demande", "inbox"
            )
        else:
            hint = "Une question, un document à transmettre\u202f? Votre conseiller vous répond ici."
            self.empty.say("Aucune demande pour l\u2019instant", hint, "Nouvelle demande", "inbox")

    def _next_step(self) -> None:
        if self.search.text() or self.filters.criteria != Criteria():
            self.search.clear()
            self.filters.clear_all()
        else:
            self.asked_new.emit()

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        row = self.table.current()
        menu.addAction("Ouvrir").triggered.connect(self.current.enter)
        if row is not None:
            add_mark_unread(menu, row, self.asked_unread.emit)
        menu.addSeparator()
        number = menu.addAction(f"Copier le n°{NBSP}de dossier")
        number.triggered.connect(self._copy_number)
        number.setEnabled(row is not None and row.file_number is not None)
        many = len(self.table.chosen()) > 1
        menu.addAction("Copier les lignes" if many else "Copier la ligne").triggered.connect(self.table.copy)
        menu.addSeparator()
        printing_label = "Imprimer les lignes choisies…" if many else "Imprimer la liste…"
        menu.addAction(printing_label).triggered.connect(self.print_list)
        menu.popup(self.table.menu_at)

    def print_list(self) -> None:
        """The chosen rows when there are several, else the first of the list; what is left out is said."""
        rows, total = self.table.printed(PRINTED)
        page = listing_page(rows, total, self._desk.now())
        printing.preview(self, self._desk.icons, page)

    def _copy_number(self) -> None:
        row = self.table.current()
        if row is not None and row.file_number:
            QApplication.clipboard().setText(row.file_number)
            announce(self, "Numéro de dossier copié")


def _key(row: RequestRow) -> int:
    return row.key


def _request_id(row: RequestRow) -> str:
    return row.request_id


def _title(row: RequestRow) -> str:
    return f"{delegate.theme_of(row)} – {delegate.subject_of(row)}"
