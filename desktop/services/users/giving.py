"""The rights of everybody as a workbook: a line for each person in each space. No cell can become a formula."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from contract import limits
from contract.users import UserState
from desktop.services.users import masks
from desktop.services.users.scene import Person, Place, Scene

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_STATES: Final = {UserState.INVITED: "Invité", UserState.ACTIVE: "Actif", UserState.SUSPENDED: "Suspendu"}
_HEAD: Final = ("Nom", "Prénom", "E-mail", "Fonction", "État", "Dernière connexion", "Entreprise", "Espace", "Adhérent")
_WIDTHS: Final = (20, 16, 32, 22, 11, 19, 30, 22, 12)
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(scene: Scene, labels: Mapping[str, str]) -> bytes:
    """An XLSX file: what is held when what waits is carried out. `labels` are those of the rights, by code."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, _OPTIONS)
    bold = book.add_format({"bold": True, "bg_color": "#E6ECF2", "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Droits")
    titles = [*_HEAD, *(labels.get(right, right) for right in masks.RIGHTS)]
    for place, width in enumerate((*_WIDTHS, *[15] * len(masks.RIGHTS))):
        sheet.set_column(place, place, width)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, bold)
    sheet.freeze_panes(1, 2)
    count = 0
    for count, (person, space) in enumerate(_held(scene), 1):
        if count > limits.EXPORT_LINES:
            break
        _write(sheet, count, person, space, day)
    sheet.autofilter(0, 0, max(1, count), len(titles) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    book.close()
    return made.getvalue()


def _held(scene: Scene) -> Iterator[tuple[Person, Place]]:
    for person in scene.people:
        for space in scene.places:
            if person.at(space.place):
                yield person, space


def _write(sheet: "Worksheet", row: int, person: Person, space: Place, day: object) -> None:
    label = space.label if space.label != space.company else ""
    told: Sequence[str] = (
        person.last_name,
        person.first_name,
        person.email,
        person.function,
        _STATES.get(UserState(person.state), person.state) if person.state in set(UserState) else person.state,
        "",
        space.company,
        label,
        space.member_number,
    )
    for place, text in enumerate(told):
        if text:
            sheet.write_string(row, place, text)
    if person.signed_in_at is not None:
        sheet.write_datetime(row, 5, person.signed_in_at.astimezone().replace(tzinfo=None), day)
    held = person.at(space.place)
    for bit in masks.bits(held):
        sheet.write_string(row, len(_HEAD) + bit, _said(person.ends.get((space.place, bit))))


def _said(until: date | None) -> str:
    return f"Oui, jusqu’au {until:%d/%m/%Y}" if until is not None else "Oui"
