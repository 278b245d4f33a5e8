"""Spreadsheets and a text document: the smallest Office Open XML packages that Word and Excel open without a murmur."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

Cell = str | int | Decimal | date
Table = Sequence[Sequence[Cell]]

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_EPOCH: Final = date(1899, 12, 30)
"""Day zero of a spreadsheet."""

_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


def _zipped(parts: dict[str, str]) -> bytes:
    """The package; its members bear one fixed date, so that the same content is the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in parts.items():
            package.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), _HEAD + body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _types(*overrides: tuple[str, str]) -> str:
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides)
        + "</Types>"
    )


def _links(*targets: tuple[str, str]) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        + "</Relationships>"
    )


def _cell(column: int, row: int, value: Cell) -> str:
    place = f"{chr(65 + column)}{row}"
    if isinstance(value, date):
        return f'<c r="{place}" s="2"><v>{(value - _EPOCH).days}</v></c>'
    if isinstance(value, Decimal):
        return f'<c r="{place}" s="3"><v>{value}</v></c>'
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    style = ' s="1"' if row == 1 else ""
    return f'<c r="{place}"{style} t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def workbook(title: str, rows: Table) -> bytes:
    """An XLSX file of one sheet, its first row in bold and frozen; at most 26 columns."""
    body = "".join(
        f'<row r="{number}">{"".join(_cell(column, number, value) for column, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<cols><col min="1" max="{len(rows[0])}" width="22" customWidth="1"/></cols>'
        f"<sheetData>{body}</sheetData></worksheet>"
    )
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(title[:31])}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return _zipped(
        {
            "[Content_Types].xml": _types(
                ("/xl/workbook.xml", f"{kind}.sheet.main+xml"),
                ("/xl/worksheets/sheet1.xml", f"{kind}.worksheet+xml"),
                ("/xl/styles.xml", f"{kind}.styles+xml"),
            ),
            "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": _links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
            "xl/worksheets/sheet1.xml": sheet,
            "xl/styles.xml": _STYLES,
        }
    )


def document(title: str, paragraphs: Sequence[str]) -> bytes:
    """A DOCX file: a title in bold, then paragraphs."""

    def paragraph(text: str, style: str = "") -> str:
        run = f'<w:r>{style}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
        return f'<w:p><w:pPr><w:spacing w:after="160"/></w:pPr>{run}</w:p>'

    body = paragraph(title, '<w:rPr><w:b/><w:sz w:val="32"/></w:rPr>') + "".join(map(paragraph, paragraphs))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return _zipped(
        {
            "[Content_Types].xml": _types(("/word/document.xml", kind)),
            "_rels/.rels": _links(("officeDocument", "word/document.xml")),
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
        }
    )


def comma_separated(rows: Table) -> bytes:
    """A CSV file as French Excel opens it: UTF-8 with its mark, semicolons, decimal commas, JJ/MM/AAAA."""

    def shown(value: Cell) -> str:
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return str(value).replace(".", ",") if isinstance(value, Decimal) else str(value)

    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows([shown(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
