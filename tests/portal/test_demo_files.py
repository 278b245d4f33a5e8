"""The files of the seeded world: kept as recorded, and opened by the libraries that the client uses."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import pytest
from litestar.testing import TestClient
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtPdf import QPdfDocument

from contract import paths
from contract.files import agrees, recognise, safe_name
from portal import demo
from portal.app import create_app
from portal.demo import stories
from portal.demo.dice import Dice
from portal.demo.matter import Employee, Matter
from portal.demo.papers import drawer, jpeg
from portal.demo.papers.raster import Bitmap
from portal.files import Folder
from tests.portal.seeded import CLERK, Seeded, seeded

MATTER = Matter(
    company="Ateliers Morvan SAS",
    town="Quimper",
    siret="73282932000074",
    member_number="0412877",
    contract="P-2019-04127",
    employee=Employee("Mme", "Amélie", "Lefèvre", "opératrice de production", executive=False),
    other=Employee("M.", "Loïc", "Guéguen", "magasinier", executive=False),
    clerk="Claire Martin",
    colleague="Mehdi Benali",
    adviser="Julie Renaud",
    file_number="7611111",
    opened=date(2026, 2, 20),
    start=date(2026, 2, 3),
    end=date(2026, 3, 17),
    prolonged=date(2026, 4, 3),
    entry=date(2021, 9, 1),
    leaving=date(2026, 3, 31),
    month=date(2026, 1, 1),
    daily=Decimal("41.23"),
    wage=Decimal("2345.67"),
    due=Decimal("12345.60"),
    paid=Decimal("11111.04"),
    staff=84,
)
OTHER = replace(
    MATTER,
    company="Autre",
    employee=MATTER.other,
    member_number="0415520",
    contract="P-2020-1",
    due=Decimal(9999),
    staff=9,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    one = seeded(tmp_path_factory.mktemp("files"))
    yield one
    one.database.close()


def pdf_text(data: bytes) -> list[str]:
    """The text of each page; fails when it is no whole PDF."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument(None)
    document.load(buffer)
    assert document.error() == QPdfDocument.Error.None_
    texts = [document.getAllText(page).text() for page in range(document.pageCount())]
    document.close()
    return texts


def image(data: bytes, kind: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setAutoDetectImageFormat(False)
    read = reader.read()
    assert not read.isNull(), reader.errorString()
    return read


def opened(name: str, data: bytes) -> None:
    """Opens the file as its ending promises."""
    match name.rpartition(".")[2]:
        case "pdf":
            texts = pdf_text(data)
            assert 1 <= len(texts) <= 3
            assert all(len(text) > 60 for text in texts)
        case "png":
            assert image(data, b"png").width() >= 600
        case "jpg":
            assert image(data, b"jpg").height() >= 600
        case "xlsx" | "docx":
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                assert package.testzip() is None
                for part in package.namelist():
                    expat.ParserCreate().Parse(package.read(part), True)  # noqa: FBT003
        case "csv":
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
            assert len(rows) == 3
            assert {len(row) for row in rows} == {4}
        case "txt":
            assert len(data.decode().splitlines()) == 3
        case ending:
            pytest.fail(f"nothing opens {ending}")


def test_every_attachment_is_what_is_recorded_and_opens(made: Seeded) -> None:
    folder = Folder(made.settings.files)
    rows = made.rows("SELECT * FROM attachments")
    assert len(rows) > 150
    for row in rows:
        data = folder.whole(row.sha256).read_bytes()
        assert len(data) == row.size
        assert hashlib.sha256(data).hexdigest() == row.sha256
        assert agrees(row.name, recognise(data)), row.name
        assert safe_name(row.name) == row.name
        opened(row.name, data)
    assert len({row.media_type for row in rows}) >= 5


def test_the_api_hands_them_out(made: Seeded) -> None:
    row = made.rows(
        "SELECT a.* FROM attachments a JOIN requests r USING (request_id) JOIN rights g ON g.space_id = r.space_id"
        " WHERE g.person_id = :me AND a.media_type = 'application/pdf' LIMIT 1",
        me=made.person(CLERK),
    )[0]
    client: TestClient[Any]
    with TestClient(create_app(made.settings), raise_server_exceptions=False) as client:
        access = client.post(paths.SIGN_IN, json={"email": CLERK, "password": demo.PASSWORD}).json()["access"]
        answer = client.get(paths.attachment(row.attachment_id), headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() == row.sha256


@pytest.mark.parametrize("code", sorted(drawer.codes()))
def test_each_kind_of_file_opens(code: str) -> None:
    name, data = drawer.file_name(code, MATTER, 1), drawer.draw(code, MATTER)
    assert agrees(name, recognise(data))
    opened(name, data)
    assert drawer.draw(code, MATTER) == data
    assert drawer.draw(code, OTHER) != data


def test_the_stories_use_every_kind_of_file() -> None:
    told = [story for stories_of in stories.read().stories.values() for story in stories_of]
    used = {code for story in told for part in story.parts.values() for code in part.papers}
    assert used <= drawer.codes()
    assert {"pdf", "png", "jpg", "xlsx", "docx", "csv", "txt"} == {
        drawer.file_name(code, MATTER, 1).rpartition(".")[2] for code in used
    }


def test_a_letter_says_what_the_conversation_says() -> None:
    text = " ".join(pdf_text(drawer.draw("salaire", MATTER)))
    for said in ("Amélie Lefèvre", "Ateliers Morvan SAS", "02/02/2026", "décembre 2025", "février 2026"):
        assert (said in text.replace("\u00a0", " ")) == (said != "février 2026"), said
    assert "2 345,67 €" in text.replace("\u00a0", " ")


def test_a_statement_adds_up() -> None:
    text = pdf_text(drawer.draw("decompte", MATTER))[0].replace("\u00a0", " ")
    amounts = [Decimal(found.replace(" ", "").replace(",", ".")) for found in re.findall(r"41,23 ([\d ]+,\d\d)", text)]
    assert sum(amounts) == MATTER.total == Decimal("41.23") * 43
    assert "1 772,89 €" in text


@pytest.mark.parametrize(("wide", "high"), [(8, 8), (64, 40), (200, 8)])
def test_a_jpeg_is_close_to_its_bitmap(wide: int, high: int) -> None:
    dice = Dice("jpeg", wide)
    bitmap = Bitmap(wide, high, 240)
    for _ in range(12):
        bitmap.fill(dice.randrange(wide), dice.randrange(high), dice.randrange(4, 20), dice.randrange(4, 20), 40)
    read = image(jpeg.encoded(bitmap), b"jpg").convertToFormat(QImage.Format.Format_Grayscale8)
    assert (read.width(), read.height()) == (wide, high)
    off = [abs(read.pixelColor(x, y).red() - bitmap.pixels[y * wide + x]) for y in range(high) for x in range(wide)]
    assert max(off) < 40
    assert sum(off) / len(off) < 4


def test_a_jpeg_of_odd_sides_is_refused() -> None:
    with pytest.raises(ValueError, match="multiples of 8"):
        jpeg.encoded(Bitmap(12, 8))


def test_a_png_is_its_bitmap() -> None:
    bitmap = Bitmap(60, 20, 255)
    bitmap.text(2, 2, "Été n°1", 1, 10)
    read = image(bitmap.png(), b"png")
    assert all(read.pixelColor(x, y).red() == bitmap.pixels[y * 60 + x] for y in range(20) for x in range(60))
    assert 10 in bitmap.pixels


def test_a_pdf_needs_no_repair() -> None:
    """Readers rebuild a wrong table of offsets in silence; ours is right."""
    data = drawer.draw("bulletins", MATTER)
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data)[1])  # type: ignore[index]
    offsets = re.findall(rb"(\d{10}) 00000 n \n", data[start:])
    assert data[start:].startswith(f"xref\n0 {len(offsets) + 1}\n".encode())
    for number, offset in enumerate(offsets, 1):
        assert data[int(offset) :].startswith(f"{number} 0 obj\n".encode())
    for length, body in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL):
        assert int(length) == len(body)
