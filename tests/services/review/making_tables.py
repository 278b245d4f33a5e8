"""Tables as insurers, payroll and spreadsheets write them: rows of values to bytes, in any dialect."""

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import xlsxwriter

from desktop.services.review.reading.source import Source

INSURER = (
    *("Société", "N° adhérent", "Nom", "Prénom", "N° Sécurité sociale", "Matricule", "Date de l’arrêt"),
    *("Période du", "Période au", "Nb jours", "Montant journalier", "Montant brut", "CSG", "CRDS", "Montant net"),
    *("Bénéficiaire du règlement", "Date de règlement", "Référence du virement"),
)
"""What an insurer's export says."""
BPIJ_TOOL = (
    *("Date de paiement", "Bénéficiaire", "Nature de la prestation", "Date du", "Date au", "Quantité"),
    *("Montant remboursé brut", "Montant remboursé net"),
)
"""What the small tools write that turn BPIJ in PDF into a spreadsheet."""
PAYROLL = ("MATRICULE", "SALARIE", "DATE DEBUT", "DATE FIN", "NBRE JOURS", "IJ BRUTE", "TOTAL BRUT", "CSG/CRDS", "NET")
"""What payroll writes, in capitals and without accents."""


@dataclass(frozen=True, slots=True)
class Leave:
    """One line of a statement; cents, and ten-thousandths for the rate."""

    surname: str = "DUPONT"
    first_name: str = "Zoé"
    nir: str = "295109912611193"
    employee: str = "M0012"
    leave_start: dt.date = dt.date(2024, 1, 2)
    start: dt.date = dt.date(2024, 1, 5)
    end: dt.date = dt.date(2024, 1, 18)
    days: int = 14
    unit: int = 325_100
    gross: int = 45_514
    csg: int = 2_822
    crds: int = 228
    net: int = 42_464
    payee: str = "Entreprise"
    paid_on: dt.date = dt.date(2024, 1, 25)
    reference: str = "VIR240125"


def leaves(count: int) -> list[Leave]:
    """So many different lines of some employees."""
    names = ("DUPONT", "LEFÈVRE", "N’GUYEN", "D’ALMEIDA", "LE GOFF")
    made: list[Leave] = []
    for place in range(count):
        start = dt.date(2024, 1, 5) + dt.timedelta(days=14 * (place // len(names)))
        unit = 200_000 + 1_300 * (place % 97)
        gross = unit * 14 // 100
        csg, crds = 14 * ((unit // 100 * 62 + 500) // 1000), 14 * ((unit // 100 * 5 + 500) // 1000)
        base = Leave(surname=names[place % len(names)], employee=f"M{place % len(names):04}", start=start)
        made.append(
            replace(
                base,
                end=start + dt.timedelta(days=13),
                unit=unit,
                gross=gross,
                csg=csg,
                crds=crds,
                net=gross - csg - crds,
            )
        )
    return made


def french(cents: int, places: int = 2, group: str = "") -> str:
    """An amount with a comma, and with a sign between thousands if one is given."""
    whole, rest = divmod(abs(cents), 10**places)
    text = f"{whole:,}".replace(",", group)
    return f"{'-' if cents < 0 else ''}{text},{rest:0{places}}"


def day(value: dt.date) -> str:
    return value.strftime("%d/%m/%Y")


def insurer_row(line: Leave, group: str = "") -> list[str]:
    """Under `INSURER`."""
    return [
        "ACME",
        "0012345",
        line.surname,
        line.first_name,
        line.nir,
        line.employee,
        day(line.leave_start),
        day(line.start),
        day(line.end),
        str(line.days),
        french(line.unit, 4),
        french(line.gross, group=group),
        french(line.csg),
        french(line.crds),
        french(line.net, group=group),
        line.payee,
        day(line.paid_on),
        line.reference,
    ]


def text(
    rows: Sequence[Sequence[str]],
    *,
    separator: str = ";",
    encoding: str = "utf-8",
    ends: str = "\r\n",
    quoting: int = csv.QUOTE_MINIMAL,
) -> bytes:
    """The rows as a text."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=ends, quoting=quoting).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue().encode(encoding)


def source(data: bytes, name: str = "releve.csv") -> Source:
    return Source(name, data)


def insurer(
    lines: Sequence[Leave],
    *,
    group: str = "",
    before: Sequence[Sequence[str]] = (),
    after: Sequence[Sequence[str]] = (),
) -> list[list[str]]:
    """A whole export: what stands above, headings, lines, what stands below."""
    return [*map(list, before), list(INSURER), *(insurer_row(line, group) for line in lines), *map(list, after)]


def sheet(rows: Sequence[Sequence[object]], *, above: int = 0, hidden: Sequence[str] = ()) -> bytes:
    """The rows as a workbook: numbers and days as such."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name in hidden:
        book.add_worksheet(name).hide()
    page = book.add_worksheet("Relevé")
    page.activate()
    page.set_first_sheet()
    dated = book.add_format({"num_format": "dd/mm/yyyy"})
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, dt.date):
                page.write_datetime(above + row, column, dt.datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001
            elif isinstance(value, bool):
                page.write_boolean(above + row, column, value)
            elif isinstance(value, (int, float)):
                page.write_number(above + row, column, value)
            elif isinstance(value, str) and value.startswith("="):
                formula, _, cached = value.partition("\t")
                page.write_formula(above + row, column, formula, None, cached)
            elif value is not None:
                page.write_string(above + row, column, str(value))
    book.close()
    return out.getvalue()
