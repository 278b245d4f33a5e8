"""The statement of a transfer in PDF: one line of text a payment, twenty-eight a page, totals at the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from contract.allowances import Payee
from portal.allowances.records import COLUMNS, Holder
from portal.allowances.sheets import euros
from portal.pdf import A4, Page, bound

MOST_LINES: Final = 20_000
"""What one can leaf through: more is asked for as a table."""

_AT: Final = {name: place for place, name in enumerate(COLUMNS)}
_A_PAGE: Final = 28
_LEFT: Final = 30
_RIGHT: Final = A4[0] - 30
_SIZE: Final = 6.5
_HEADED: Final = (
    *(("Dossier", 30, False), ("Salarié", 68, False), ("Période", 178, False), ("Nature", 268, False)),
    *(("Jours", 362, True), ("Taux", 394, True), ("Brut", 436, True), ("Retenues", 478, True), ("Net", 524, True)),
    ("Payé à", 530, False),
)
"""(heading, x of its edge, whether it is set to the right)"""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the rows."""

    holder: Holder
    company: str
    reference: str
    paid_on: date


def statement(head: Head, rows: Iterable[Sequence[Any]]) -> bytes:
    """The PDF; rows in the order of `records.COLUMNS`."""
    pages: list[Page] = []
    sums = [0, 0, 0]
    y = 0.0
    for place, row in enumerate(rows):
        if place % _A_PAGE == 0:
            pages.append(_begun(head))
            y = 190.0
        y += 20
        gross, net = row[_AT["gross"]], row[_AT["net"]]
        sums = [total + amount for total, amount in zip(sums, (gross, gross - net, net), strict=True)]
        _row(pages[-1], y, _printed(row))
        pages[-1].rule(_LEFT, y + 7, _RIGHT, y + 7, grey=0.9)
    pages = pages or [_begun(head)]
    total = ["Total", "", "", "", "", "", *map(_money, sums), ""]
    _row(pages[-1], y + 24 if y else 210, total, bold=True)
    for number, page in enumerate(pages, 1):
        page.right(_RIGHT, A4[1] - 30, f"Page {number} sur {len(pages)}", 8, grey=0.4)
    return bound(f"Relevé d’indemnités journalières n°\u00a0{head.reference}", pages)


def _begun(head: Head) -> Page:
    page = Page()
    page.text(_LEFT, 50, f"Relevé d’indemnités journalières n°\u00a0{head.reference}", 14, bold=True)
    told = (
        head.company,
        f"Adhérent n°\u00a0{head.holder.member_number}",
        f"SIRET\u00a0: {head.holder.siret}",
        f"Organisme\u00a0: {head.holder.insurer}",
        f"Date de paiement\u00a0: {head.paid_on:%d/%m/%Y}",
    )
    for place, line in enumerate(told):
        page.text(_LEFT, 76 + 15 * place, line, 9.5)
    page.band(_LEFT, 176, _RIGHT - _LEFT, 18)
    _row(page, 188, [name for name, _, _ in _HEADED], bold=True)
    return page


def _row(page: Page, y: float, told: Sequence[str], *, bold: bool = False) -> None:
    for (_, x, to_right), cell in zip(_HEADED, told, strict=True):
        if cell:
            (page.right if to_right else page.text)(x, y, cell, _SIZE, bold=bold)


def _printed(row: Sequence[Any]) -> list[str]:
    def at(name: str) -> Any:  # noqa: ANN401  a cell
        return row[_AT[name]]

    start, end = at("start") or at("paid_on"), at("end") or at("paid_on")
    return [
        at("leave_number"),
        f"{at('last_name')} {at('first_name')}"[:32],
        f"{start:%d/%m/%Y} au {end:%d/%m/%Y}",
        at("label")[:30],
        str(at("days")),
        _money((at("rate") + 50) // 100),
        *map(_money, (at("gross"), at("gross") - at("net"), at("net"))),
        "Entreprise" if at("payee") == Payee.EMPLOYER else "Salarié",
    ]


def _money(cents: int) -> str:
    """« -1 234,50 »."""
    whole, part = euros(cents).lstrip("-").split(",")
    grouped = f"{int(whole):,}".replace(",", "\u00a0")
    return f"{'-' if cents < 0 else ''}{grouped},{part}"
