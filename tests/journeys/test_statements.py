"""What the portal writes of allowances, the client's review reads as the portal's, to the cent and without a rejected
line."""

import io
from datetime import date, timedelta

import pytest

from contract.allowances import HEADINGS, PaymentRecord
from desktop.services.review.reading import opening
from desktop.services.review.reading.headings import PORTAL
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind, ReadFile
from desktop.views.printed import printed_text
from portal.allowances import printed, sheets
from portal.allowances.payments import amounts
from portal.allowances.records import Holder

HOLDER = Holder("73282932000074", "0412877", "Ponant Prévoyance")
START = date(2025, 12, 20)
"""So that a period goes over the end of a year."""


def payment(number: int, person: str, days: int, rate: int, **more: object) -> tuple[object, ...]:
    """A row as the portal reads it, periods of a fortnight apart."""
    gross, csg, crds = amounts(rate, days)
    start = START + timedelta(days=14 * number)
    told = {
        "number": number,
        "payment_id": "",
        "transfer_id": "",
        "leave_number": "82000012",
        "matricule": f"M{number}",
        "last_name": person,
        "first_name": "Anne-Marie",
        "nir": "295109912611193",
        "branch": "AS",
        "code": "IJNOR",
        "label": "I.J. normales",
        "sense": "cancellation" if days < 0 else "payment",
        "leave_start": START,
        "start": start,
        "end": start + timedelta(days=abs(days) - 1),
        "days": days,
        "rate": rate,
        "gross": gross,
        "csg": csg,
        "crds": crds,
        "tax": 0,
        "net": gross - csg - crds,
        "payee": "employer",
        "paid_on": date(2026, 2, 3),
        "reference": "R-2026-0000001",
    } | more
    assert tuple(told) == PaymentRecord.__struct_fields__
    return tuple(told.values())


ROWS = [
    payment(1, "Lefèvre", 14, 325_100),
    payment(2, "Le Goff", -96, 325_100),
    payment(3, "D’Almeida; Cruz", 96, 350_000, payee="employee", branch="AT"),
    payment(4, "Martin", 3, 0, code="CAR", label="Carence"),
    payment(5, "Martin", 1, 12_345_600, tax=1_234),
]


def written(kind: str) -> bytes:
    if kind == "pdf":
        return printed.statement(printed.Head(HOLDER, "Ateliers Morvan", "R-2026-0000001", date(2026, 2, 3)), ROWS)
    out = io.BytesIO()
    rows = (sheets.cells(row, HOLDER) for row in ROWS)
    lines = sheets.write_csv(out, rows) if kind == "csv" else sheets.write_xlsx(out, rows, len(ROWS))
    assert lines == len(ROWS)
    return out.getvalue()


def read(kind: str) -> ReadFile:
    return opening.read(Source(f"releve.{kind}", written(kind)), printed_text=printed_text)


def test_both_sides_know_the_same_headings() -> None:
    assert HEADINGS == PORTAL


@pytest.mark.parametrize(
    ("kind", "known"), [("csv", FileKind.PORTAL_CSV), ("xlsx", FileKind.PORTAL_XLSX), ("pdf", FileKind.PORTAL_PDF)]
)
def test_the_client_reads_what_the_portal_writes(kind: str, known: FileKind, qapp: object) -> None:
    found = read(kind)
    assert (found.kind, found.rejected) == (known, ())
    frame = found.frame
    assert frame["gross"].to_list() == [row[17] for row in ROWS]
    assert frame["net"].to_list() == [row[21] for row in ROWS]
    assert frame["days"].to_list() == [row[15] for row in ROWS]
    assert frame["start"].to_list() == [row[13] for row in ROWS]
    assert frame["sense"].to_list() == [row[11] for row in ROWS]
    assert frame["payee"].to_list() == [row[22] for row in ROWS]
    assert set(frame["company"]) == {HOLDER.siret}
    assert set(frame["member"]) == {HOLDER.member_number}
    assert set(frame["paid_on"]) == {date(2026, 2, 3)}
    assert set(frame["reference"]) == {"R-2026-0000001"}
    assert found.controls
    assert all(control.stated == control.computed for control in found.controls)
    if kind != "pdf":
        assert frame["nir"].to_list() == [row[7] for row in ROWS]
        assert frame["unit"].to_list() == [row[16] for row in ROWS]
        assert frame["branch"].to_list() == [row[8] for row in ROWS]
        assert frame["csg"].to_list() == [row[18] for row in ROWS]
