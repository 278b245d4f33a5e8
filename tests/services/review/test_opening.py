"""Any file by what it is, and one sentence for what is none of ours."""

import pytest

from desktop.services.review.reading import opening
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind, Unreadable
from tests.services.review.making_bpij import printed, printed_row, regularised, xml, zipped
from tests.services.review.making_tables import insurer, leaves, sheet, text

CSV = text(insurer(leaves(3)))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (CSV, FileKind.CSV),
        (CSV.decode().encode("utf-16"), FileKind.CSV),
        (sheet(insurer(leaves(3))), FileKind.XLSX),
        (xml(regularised()), FileKind.BPIJ_XML),
        (zipped(("bpij.xml", xml(regularised()))), FileKind.BPIJ_XML),
        (zipped(("releve.csv", CSV)), FileKind.CSV),
        (zipped(("releve.xlsx", sheet(insurer(leaves(3))))), FileKind.XLSX),
    ],
)
@pytest.mark.parametrize("name", ["releve.csv", "sans extension", "menteur.pdf"])
def test_the_content_tells_not_the_name(data: bytes, kind: FileKind, name: str) -> None:
    found = opening.read(Source(name, data))
    assert found.kind is kind
    assert found.frame.height
    assert found.sha256 == Source(name, data).sha256


def test_a_pdf_is_read_by_the_text_that_is_given() -> None:
    page = printed([printed_row("05/01/2018 au 06/01/2018", "I.J. NORMALES", "2", "53,31", "106,62")], total="99,46 €")
    found = opening.read(Source("bpij.pdf", b"%PDF-1.7"), printed_text=lambda _data: (page,))
    assert found.kind is FileKind.BPIJ_PDF
    with pytest.raises(Unreadable, match="PDF"):
        opening.read(Source("bpij.pdf", b"%PDF-1.7"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"\x89PNG\r\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x03\x04abc",
        b"<html></html>",
        bytes(5_000),
    ],
)
def test_what_is_none_of_ours_is_one_sentence(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        opening.read(Source("x", data))
    assert refusal.value.sentence.endswith(".")


def test_progress_is_told_by_tables() -> None:
    told: list[float] = []
    opening.read(Source("x", CSV), progress=told.append)
    assert told[-1] == 1.0
