"""Lines of payments as CSV and as a workbook, written line by line: any number of them in the same memory.

Both end with a total line, so that whoever reads the file can prove that it is whole. A text that a spreadsheet would
take for a formula is written behind an apostrophe in the CSV; in the workbook every text is one by its type.
"""

import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from io import TextIOWrapper
from typing import IO, Any, Final
from xml.sax.saxutils import escape

from contract.allowances import HEADINGS, Payee, Sense
from portal.allowances.records import COLUMNS, Holder

Cell = str | int | date | None
_RISKS: Final = {"AS": "Maladie", "AT": "Accident du travail", "MA": "Maternité"}
_SENSES: Final = {Sense.PAYMENT.value: "Paiement", Sense.CANCELLATION.value: "Annulation"}
_PAYEES: Final = {Payee.EMPLOYER.value: "Entreprise", Payee.EMPLOYEE.value: "Salarié"}
_AT: Final = {name: place for place, name in enumerate(COLUMNS)}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_EPOCH: Final = date(1899, 12, 30)
"""Day zero of a workbook."""
_KEPT: Final = 4_096
"""Cells remembered as they were written: the lines of one employee follow each other, and days are few."""
_MOST_SMALL: Final = 700_000
"""Lines from which a sheet may pass two gibibytes."""

DAYS, RATE, NET = HEADINGS.index("Jours"), HEADINGS.index("Taux journalier"), HEADINGS.index("Montant net")


def cells(row: Sequence[Any], holder: Holder) -> list[Cell]:
    """The cells of a payment (in the order of `records.COLUMNS`) under `HEADINGS`: money in cents, the rate in
    ten-thousandths."""
    at = _AT
    return [
        *(holder.siret, holder.member_number, holder.insurer),
        *(row[at["last_name"]], row[at["first_name"]], row[at["nir"]], row[at["matricule"]], row[at["leave_number"]]),
        *(_RISKS.get(row[at["branch"]], ""), row[at["code"]], row[at["label"]], _SENSES.get(row[at["sense"]], "")),
        *(row[at["leave_start"]], row[at["start"]], row[at["end"]], row[at["days"]], row[at["rate"]]),
        *(row[at["gross"]], row[at["csg"]], row[at["crds"]], row[at["tax"]], row[at["net"]]),
        *(_PAYEES.get(row[at["payee"]], ""), row[at["paid_on"]], row[at["reference"]]),
    ]


class Totals:
    """What the lines come to so far."""

    def __init__(self) -> None:
        self.lines = 0
        self._sums = [0] * len(HEADINGS)

    def add(self, row: Sequence[Cell]) -> None:
        self.lines += 1
        for place in (DAYS, *range(RATE + 1, NET + 1)):
            value = row[place]
            if isinstance(value, int):
                self._sums[place] += value

    def cells(self) -> list[Cell]:
        row: list[Cell] = [None] * len(HEADINGS)
        row[HEADINGS.index("Libellé")] = "Total général"
        for place in (DAYS, *range(RATE + 1, NET + 1)):
            row[place] = self._sums[place]
        return row


def write_csv(out: IO[bytes], rows: Iterable[Sequence[Cell]]) -> int:
    """As French Excel opens it: UTF-8 with its mark, semicolons, decimal commas, JJ/MM/AAAA. Answers how many lines."""
    text = TextIOWrapper(out, "utf-8-sig", newline="", write_through=False)
    totals = Totals()
    text.write(";".join(map(_quoted, HEADINGS)) + "\r\n")
    for row in rows:
        totals.add(row)
        text.write(_line(row))
    text.write(_line(totals.cells()))
    text.flush()
    text.detach()
    return totals.lines


def _line(row: Sequence[Cell]) -> str:
    return ";".join([shown(value) for shown, value in zip(_IN_CSV, row, strict=True)]) + "\r\n"


@lru_cache(_KEPT)
def _text(value: Any) -> str:  # noqa: ANN401  a cell
    if not value:
        return ""
    return _quoted("'" + value if value[0] in _FORMULA else value)


def _quoted(text: str) -> str:
    if '"' in text or ";" in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


@lru_cache(_KEPT)
def _day(value: Any) -> str:  # noqa: ANN401
    return f"{value.day:02d}/{value.month:02d}/{value.year}" if value is not None else ""


def _count(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else str(value)


def euros(cents: int) -> str:
    """« -1234,50 »."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole},{part:02d}"


@lru_cache(_KEPT)
def _money(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else euros(value)


@lru_cache(_KEPT)
def _rate(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    whole, part = divmod(value, 10_000)
    digits = f"{part:04d}"
    return f"{whole},{digits[:2]}{digits[2:].rstrip('0')}"


def _kinds(text: Any, day: Any, count: Any, rate: Any, money: Any) -> list[Callable[[Any], str]]:  # noqa: ANN401
    """One of these for each heading."""
    special = {DAYS: count, RATE: rate, **dict.fromkeys(range(RATE + 1, NET + 1), money)}
    dated = {HEADINGS.index(name) for name in ("Début de l’arrêt", "Du", "Au", "Date de paiement")}
    return [day if place in dated else special.get(place, text) for place in range(len(HEADINGS))]


_IN_CSV: Final = _kinds(_text, _day, _count, _rate, _money)


# The workbook

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Indemnités journalières" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="#,##0.00##"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/>'
        '<xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>'
    ),
}
_OPENING: Final = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    f'<cols><col min="1" max="{len(HEADINGS)}" width="18" customWidth="1"/></cols><sheetData>'
)


def write_xlsx(out: IO[bytes], rows: Iterable[Sequence[Cell]], expected: int) -> int:
    """One sheet, headings in bold and frozen, true dates and numbers; its members bear one fixed date, so that the same
    lines are the same file. `expected` is about how many there are. Answers how many lines there were."""
    totals = Totals()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, body in _PARTS.items():
            package.writestr(_member(name), _HEAD + body)
        with package.open(_member("xl/worksheets/sheet1.xml"), "w", force_zip64=expected > _MOST_SMALL) as sheet:
            sheet.write((_HEAD + _OPENING + _headed()).encode())
            for row in rows:
                totals.add(row)
                sheet.write(_sheet_row(totals.lines + 1, row).encode())
            sheet.write((_sheet_row(totals.lines + 2, totals.cells()) + "</sheetData></worksheet>").encode())
    return totals.lines


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _headed() -> str:
    told = "".join(f'<c s="1" t="inlineStr"><is><t>{escape(name)}</t></is></c>' for name in HEADINGS)
    return f'<row r="1">{told}</row>'


def _sheet_row(number: int, row: Sequence[Cell]) -> str:
    return f'<row r="{number}">' + "".join([made(value) for made, value in zip(_IN_SHEET, row, strict=True)]) + "</row>"


@lru_cache(_KEPT)
def _sheet_text(value: Any) -> str:  # noqa: ANN401
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>' if value else "<c/>"


@lru_cache(_KEPT)
def _sheet_day(value: Any) -> str:  # noqa: ANN401
    return f'<c s="2"><v>{(value - _EPOCH).days}</v></c>' if value is not None else "<c/>"


def _sheet_count(value: Any) -> str:  # noqa: ANN401
    return f"<c><v>{value}</v></c>" if value is not None else "<c/>"


@lru_cache(_KEPT)
def _sheet_money(value: Any) -> str:  # noqa: ANN401
    return f'<c s="3"><v>{euros(value).replace(",", ".")}</v></c>' if value is not None else "<c/>"


@lru_cache(_KEPT)
def _sheet_rate(value: Any) -> str:  # noqa: ANN401
    return f'<c s="4"><v>{_rate(value).replace(",", ".")}</v></c>' if value is not None else "<c/>"


_IN_SHEET: Final = _kinds(_sheet_text, _sheet_day, _sheet_count, _sheet_rate, _sheet_money)
