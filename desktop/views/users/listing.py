"""The list of people: search, « À revoir » and the other filters, and the rows."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from desktop.services.users import Counts, Filter, Listing, Query, UserRow
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.shapes import Chip, EmptyState, IconButton, Label
from desktop.views.rows.current import Current, Filled, Found, stand
from desktop.views.rows.tables import CardTable
from desktop.views.table import Column, Rows
from desktop.views.tokens import Space
from desktop.views.users import saying
from desktop.views.users.delegate import UserDelegate
from desktop.views.users.desk import Desk

TOPICS: Final = frozenset({"users", "portfolio", "outbox"})


class UserList(QWidget):
    """`current` tells who is open; `asked_new` for « Ajouter un utilisateur », `asked_export` for the workbook."""

    asked_new = Signal()
    asked_export = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Liste des utilisateurs")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self.search = SearchField(office.icons, "Rechercher une personne, une entreprise…")
        self.export = IconButton(
            office.icons, "download", "Exporter les droits de tous (XLSX)", does=self.asked_export.emit
        )
        self.chips = {each: Chip(name) for each, name in saying.FILTERS.items()}
        self._group = QButtonGroup(self)
        self.count = Found()
        column = Column("Personne", saying.name)
        rows = Rows(self._fetch, _key, [column], saying.sentence)
        painter = UserDelegate(office.icons, office.today)
        self.table = CardTable(rows, "Utilisateurs", painter, saying.cells)
        painter.setParent(self.table)
        self.current = Current(self.table, _person_id, desk.users.key_of)
        self.empty = EmptyState(office.icons, "users", does=self._next_step)
        self._build()
        self.search.settled.connect(self.refresh)
        self.search.returnPressed.connect(self.table.setFocus)
        self._group.idClicked.connect(self.refresh)
        Follow(self, office.bell, TOPICS, self.refresh)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.addWidget(Label("Utilisateurs", "title"), 1)
        row = Flow(gap=6)
        for place, chip in enumerate(self.chips.values()):
            chip.setChecked(place == 0)
            self._group.addButton(chip, place)
            row.addWidget(chip)
        find = QHBoxLayout()
        find.addWidget(self.search, 1)
        find.addWidget(self.export)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M + 2, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addLayout(top)
        upper.addLayout(find)
        upper.addLayout(row)
        upper.addWidget(self.count)
        self._pages = Filled(self.table, self.empty, self._desk.office.bell)
        stand(self, upper, self._pages)

    def sizeHint(self) -> QSize:
        return QSize(430, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 320)

    # What it shows

    @property
    def filter(self) -> Filter | None:
        return next((each for each, chip in self.chips.items() if chip.isChecked()), None)

    def show_filter(self, wanted: Filter | None) -> None:
        self.chips[wanted].setChecked(True)
        self.refresh()

    def show_space(self, space_id: str | None) -> None:
        self._space_id = space_id
        self.search.clear()
        self.refresh()

    def forget(self) -> None:
        """Nobody is listed any more, until it is asked again."""
        self.current.forget()
        self.current.show_rows((), (), None)

    def _fetch(self, keys: Sequence[int]) -> Sequence[UserRow]:
        return self._desk.users.rows(keys, self._desk.office.today())

    def refresh(self) -> None:
        """Asks for the rows again; the newest question wins."""
        query = Query(self.search.text().strip(), self._space_id, self.filter)
        self._desk.office.later.ask(self, partial(self._read, query), partial(self._show, query), what="users")

    def _read(self, query: Query) -> tuple[Listing, Counts]:
        """On the reader's thread."""
        today = self._desk.office.today()
        return self._desk.users.listing(query, today), self._desk.users.counts(query.space_id, today)

    def _show(self, query: Query, answer: tuple[Listing, Counts]) -> None:
        listing, counts = answer
        for each, chip in self.chips.items():
            number = counts.all if each is None else counts.filters[each]
            name = saying.FILTERS[each]
            chip.setText(f"{name} · {wording.number(number)}" if number else name)
        self.current.show_rows(listing.ids, listing.groups, query)
        number = len(listing.ids)
        self.count.tell(number, "personne", searched=bool(query.text))
        self._pages.fill(number, partial(self._say_why, query))
        if self.current.id is not None and self.table.current() is None:
            self.current.want(self.current.id)  # who was invited has another key once the portal knows her
        self.current.seek()

    def _say_why(self, query: Query) -> None:
        if query.text or query.filter is not None:
            self.empty.say("Aucun résultat", "Personne ne répond à cette recherche.", "Tout afficher", "search")
        elif not self._desk.office.settled():
            hint = "Les utilisateurs arrivent du portail."
            self.empty.say("Première synchronisation en cours…", hint, "", "refresh-cw")
        elif query.space_id is not None:
            hint = "Choisissez «\u00a0Toutes mes entreprises\u00a0» pour voir tout le monde, ou ajoutez quelqu\u2019un."
            self.empty.say("Personne dans cet espace", hint, "Ajouter un utilisateur", "users")
        else:
            hint = "Invitez les personnes qui travaillent avec vous\u00a0: chacune aura son propre accès."
            self.empty.say("Aucun utilisateur pour l\u2019instant", hint, "Ajouter un utilisateur", "users")

    def _next_step(self) -> None:
        if self.search.text() or self.filter is not None:
            self.search.clear()
            self.show_filter(None)
        else:
            self.asked_new.emit()


def _key(row: UserRow) -> int:
    return row.key


def _person_id(row: UserRow) -> str:
    return row.person_id
