"""« Droits »: the matrix, what can be done with the chosen cells, and what is still to be applied."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, TypeVar

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.services import folding
from desktop.services.drafting import Invalid
from desktop.services.users import (
    GIVE,
    WITHDRAW,
    Cell,
    Colleague,
    Delivery,
    Edits,
    Person,
    Place,
    Plan,
    Scene,
)
from desktop.services.users.masks import RIGHTS
from desktop.views import wording
from desktop.views.bell import Follow
from desktop.views.fields.flow import Flow
from desktop.views.fields.inputs import SearchField
from desktop.views.fields.keeper import Keeper
from desktop.views.fields.shapes import Banner, Button, EmptyState, IconButton, Label, announce
from desktop.views.notices import confirm
from desktop.views.rows.current import Filled
from desktop.views.rows.deliveries import STUCK, Deliveries
from desktop.views.tokens import Space
from desktop.views.users.deliveries import BEAT_MS, Remedies
from desktop.views.users.desk import Desk
from desktop.views.users.listing import TOPICS
from desktop.views.users.matrix.grid import MOST, Grid
from desktop.views.users.matrix.parts import Choices, Foot
from desktop.views.users.review import Review
from desktop.views.users.sheet import CopySheet, UntilSheet
from desktop.views.wording import NBSP, NNBSP

T = TypeVar("T")
_TOOL: Final = 36
"""The height of a button: what stands beside one is centred on it."""
_TOO_MANY: Final = (
    f"Choisissez {wording.number(MOST)}{NBSP}cellules au plus à la fois{NBSP}: filtrez les personnes ou les espaces."
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read for the page, on the reader's thread. `idle` are the changes that are no more."""

    scene: Scene
    deliveries: tuple[Delivery, ...]
    refused: frozenset[Cell]
    idle: Edits


class MatrixPage(QWidget):
    """`asked_export` for the workbook."""

    asked_export = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.setAccessibleName("Droits")
        self._desk, office = desk, desk.office
        self._space_id: str | None = None
        self._scene: Scene | None = None
        self._edits: Edits | None = None
        self.search = SearchField(office.icons, "Filtrer…")
        self.choices = Choices(office.settings, self.search)
        self.export = IconButton(
            office.icons, "download", "Exporter les droits de tous (XLSX)", does=self.asked_export.emit
        )
        self.grid = Grid(office.icons)
        self.give = Button("Donner", icons=office.icons, icon="plus", does=partial(self._want, GIVE))
        self.until = Button("Donner jusqu\u2019au…", icons=office.icons, icon="calendar", does=self._ask_until)
        self.take = Button("Retirer", icons=office.icons, icon="x", does=partial(self._want, WITHDRAW))
        self.copy = Button("Copier les droits de…", "flat", icons=office.icons, icon="copy", does=self._ask_copy)
        self.count = Label("", "meta")
        self.count.setMinimumHeight(_TOOL)
        self.foot = Foot(self._ask_drop, self.review)
        self.said = Banner(office.icons, "info", "info")
        self.empty = EmptyState(office.icons, "users")
        remedies = Remedies(self._take_back, self._edit, desk.users.retry, self._ask_give_up)
        self.deliveries = Deliveries(office.icons, remedies.card)
        self._keeper, self._beat = Keeper(self, self._keep), QTimer(self)
        self._beat.setSingleShot(True)
        self._beat.setInterval(BEAT_MS)
        self._beat.timeout.connect(self.refresh)
        self._build()
        self._join()

    def _build(self) -> None:
        tools = Flow(gap=Space.S)
        for part in (self.give, self.until, self.take, self.copy, self.export, self.count):
            tools.addWidget(part)
        upper = QVBoxLayout()
        upper.setContentsMargins(Space.L, Space.M, Space.L, Space.S)
        upper.setSpacing(Space.S)
        upper.addWidget(self.choices)
        upper.addLayout(tools)
        upper.addWidget(self.deliveries)
        self._pages = Filled(self.grid, self.empty, self._desk.office.bell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(upper)
        column.addWidget(self.said)
        column.addWidget(self._pages, 1)
        column.addWidget(self.foot)

    def _join(self) -> None:
        self.choices.changed.connect(self._lay)
        self.search.settled.connect(self._lay)
        self.search.returnPressed.connect(self.grid.setFocus)
        self.grid.asked_toggle.connect(self._toggle)
        self.grid.asked_withdraw.connect(partial(self._want, WITHDRAW))
        self.grid.picked.connect(self._tell_chosen)
        Follow(self, self._desk.office.bell, TOPICS, self.refresh)

    def sizeHint(self) -> QSize:
        return QSize(900, 600)

    # What the window asks

    def show_space(self, space_id: str | None) -> None:
        """The spaces of this one's company; all of them when None."""
        self._space_id = space_id
        self._lay()

    def show_person(self, person_id: str) -> None:
        """All rights of this person."""
        self.search.clear()
        self.choices.choose_person(person_id)
        self.grid.setFocus()

    def focus_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def keep_drafts(self) -> None:
        self._keeper.keep()

    def take_up(self) -> None:
        """A wish that was sent is changes again: they are read anew."""
        self._edits = None
        self._keeper.forget()
        self.refresh()

    def forget(self) -> None:
        """Nothing of anybody is shown any more; what was changed here is kept."""
        self._keeper.keep()
        self._scene, self._edits = None, None
        self.grid.cells.forget()

    # Reading

    def refresh(self) -> None:
        if self._edits is None:
            self._edits = self._desk.users.kept_edits()
        work = partial(self._read, dict(self._edits))
        self._desk.office.later.ask(self, work, self._show, what="matrix")

    def _read(self, edits: Edits) -> _Seen:
        """On the reader's thread."""
        users = self._desk.users
        scene = users.scene()
        idle = {cell: edits[cell] for cell in users.idle_cells(edits)}
        return _Seen(scene, users.deliveries(), users.stuck_cells(), idle)

    def _show(self, seen: _Seen) -> None:
        self._scene = seen.scene
        edits = self._edits if self._edits is not None else {}
        for cell, wanted in seen.idle.items():
            if edits.get(cell) == wanted:  # it may have been changed once more since it was looked at
                del edits[cell]
        self.grid.cells.set_labels(self._desk.labels())
        self.grid.cells.refused = seen.refused
        self.grid.cells.set_edits(edits)
        self.deliveries.tell([each for each in seen.deliveries if each.state in STUCK or not each.attempts])
        if any(each.state == "held" for each in seen.deliveries):
            self._beat.start()
        self._fill_choices(seen.scene)
        self._lay()
        self.foot.tell(self._edits or {})

    def _fill_choices(self, scene: Scene) -> None:
        labels = self._desk.labels()
        people = [Colleague(one.person_id, one.name, one.function) for one in scene.people]
        self.choices.fill([labels.get(right.value, right.value) for right in RIGHTS], people)

    # What it shows

    def _lay(self) -> None:
        """Once more with other people, spaces or rights; where one is stays where it can."""
        scene = self._scene
        if scene is None:
            return
        here = self.grid.currentIndex()
        row, column = here.row(), here.column()
        across, down = self.grid.horizontalScrollBar().value(), self.grid.verticalScrollBar().value()
        places = self._places(scene)
        person = scene.by_id.get(self.choices.person_id)
        if self.choices.alone:
            shown = _narrowed(places, self.search.text(), _place_words) if person is not None else ()
            if person is not None:
                self.grid.show_person(scene, person, shown)
            count = len(shown)
        else:
            people = _narrowed(scene.people, self.search.text(), _person_words)
            self.grid.show_right(scene, people, places, self.choices.bit)
            count = len(people) if places else 0
        self.search.setPlaceholderText("Filtrer les espaces…" if self.choices.alone else "Filtrer les personnes…")
        self._pages.fill(count, self._say_why)
        self.grid.keep_current(row, column)
        self.grid.horizontalScrollBar().setValue(across)
        self.grid.verticalScrollBar().setValue(down)
        self._tell_chosen()

    def _places(self, scene: Scene) -> tuple[Place, ...]:
        chosen = scene.by_space.get(self._space_id) if self._space_id is not None else None
        if self._space_id is None:
            return scene.places
        return tuple(place for place in scene.places if chosen and place.company_id == chosen.company_id)

    def _say_why(self) -> None:
        if self.search.text():
            self.empty.say("Aucun résultat", "Rien ne répond à ce filtre.", "", "search")
        elif self._space_id is not None:
            hint = "Choisissez une autre entreprise, ou toutes."
            self.empty.say("Vous n\u2019administrez pas cette entreprise", hint, "", "lock")
        else:
            self.empty.say("Personne pour l\u2019instant", "Ajoutez d\u2019abord un utilisateur.", "", "users")

    def _tell_chosen(self) -> None:
        number = self.grid.chosen_count
        many = number > MOST
        self.count.setText(f"{wording.count(number, 'cellule choisie', 'cellules choisies')}" if number > 1 else "")
        for button in (self.give, self.until, self.take):
            button.setEnabled(bool(number) and not many)
            button.setToolTip(wording.tip(_TOO_MANY if many else ""))

    # Changing

    def _toggle(self) -> None:
        if self.grid.chosen_count > MOST:
            self.said.tell(_TOO_MANY)
        else:
            self._want(self.grid.toggled())

    def _want(self, wanted: str, _checked: bool = False) -> None:
        if self._edits is None or not self.grid.chosen_count:
            return
        impossible = self.grid.cells.change(self.grid.chosen(), wanted)
        self._changed(impossible)

    def _changed(self, impossible: int) -> None:
        self.grid.viewport().update()
        self._keeper.typed()
        self.foot.tell(self._edits or {})
        if impossible:
            self.said.tell(self._why_impossible(impossible))
        else:
            self.said.hide()

    def _why_impossible(self, impossible: int) -> str:
        if impossible > 1 or self.grid.chosen_count > 1:
            said = wording.count(impossible, "cellule est hors", "cellules sont hors")
            return f"{said} de ce que vous pouvez changer. Leur infobulle dit pourquoi."
        here = self.grid.currentIndex()
        return self.grid.cells.told(here.row(), here.column()).split("\n")[-1]

    def _ask_until(self) -> None:
        office = self._desk.office
        UntilSheet(self, office.icons, office.today(), self._give_until).open()

    def _give_until(self, day: date) -> None:
        self._want(day.isoformat())

    def _ask_copy(self) -> None:
        targets = self._targets()
        if not targets or self._scene is None:
            return
        whom = targets[0].name if len(targets) == 1 else wording.count(len(targets), "personne")
        CopySheet(self, self._desk.users.colleagues(), whom, partial(self._copy, targets)).open()

    def _targets(self) -> tuple[Person, ...]:
        """Whose rights are copied to: those whose cells are chosen."""
        if self.grid.cells.person is not None:
            return (self.grid.cells.person,)
        return tuple({spot[0].person_id: spot[0] for spot in self.grid.chosen()}.values())

    def _copy(self, targets: tuple[Person, ...], source_id: str) -> None:
        work = partial(self._desk.users.copy_rights, source_id, tuple(person.person_id for person in targets))
        self._desk.office.later.ask(self, work, self._copied, what="copy")

    def _copied(self, edits: Edits) -> None:
        if self._edits is None:
            return
        self._edits.update(edits)
        self.grid.cells.set_edits(self._edits)
        self._changed(0)
        if not edits:
            self.said.tell("Les droits sont déjà les mêmes.")

    def _keep(self) -> None:
        self._desk.users.keep_edits(self._edits or {})

    def _ask_drop(self) -> None:
        consequence = "Les cellules changées et pas encore appliquées reviennent à ce qui est."
        confirm(self, f"Annuler tous ces changements{NNBSP}?", consequence, "Tout annuler", "Les garder", self._drop)

    def _drop(self) -> None:
        if self._edits is not None:
            self._edits.clear()
            self.grid.cells.set_edits(self._edits)
            self._changed(0)
            self._keeper.keep()

    # Applying

    def review(self) -> None:
        """Before and after, by person; nothing is sent before the person has seen it."""
        edits = dict(self._edits or {})
        self._desk.office.later.ask(self, partial(self._desk.users.plan, edits), self._open_review, what="plan")

    def _open_review(self, plan: Plan) -> None:
        if self._scene is not None:
            icons, labels = self._desk.office.icons, self._desk.labels()
            self.sheet = Review(self, icons, plan, self._scene, labels, self._apply)
            self.sheet.open()

    def _apply(self, plan: Plan) -> None:
        self._keeper.forget()
        try:
            self._desk.users.change(plan)
        except Invalid as invalid:
            self.said.tell(invalid.complaints[0].sentence)
            return
        if self._edits is not None:
            self._edits.clear()
        self.foot.tell(self._edits or {})
        self.grid.setFocus()
        self.refresh()
        announce(self, "Changements envoyés")

    def _take_back(self, wish_id: str) -> None:
        self._keeper.keep()
        if self._desk.users.take_back(wish_id):
            self.take_up()
        else:
            self.said.tell(f"Trop tard{NBSP}: cet envoi est déjà parti.")

    def _edit(self, wish_id: str) -> None:
        self._keeper.keep()
        self._desk.users.edit_refused(wish_id)
        self.take_up()
        self.said.tell(
            "Ces changements sont repris sur les droits d\u2019aujourd\u2019hui. Revoyez-les avant d\u2019appliquer."
        )

    def _ask_give_up(self, wish_id: str) -> None:
        give_up = partial(self._desk.users.give_up, wish_id)
        consequence = "Ces droits ne seront pas changés."
        confirm(self, f"Abandonner cet envoi{NNBSP}?", consequence, "Abandonner l\u2019envoi", "Conserver", give_up)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keep_drafts()

    def panes(self) -> list[QWidget]:
        return [self.grid, self.foot] if self.foot.isVisible() else [self.grid]


def _narrowed(rows: tuple[T, ...], text: str, words: Callable[[T], str]) -> tuple[T, ...]:
    if not text.strip():
        return rows
    return tuple(row for row in rows if folding.found_in(text, words(row)))


def _person_words(person: Person) -> str:
    return folding.searchable([person.name, person.email, person.function])


def _place_words(place: Place) -> str:
    return folding.searchable([place.company, place.label, place.member_number, place.siret])
