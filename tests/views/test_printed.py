"""The text of a PDF as the readers get it, from files really written, sound and hostile."""

import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from desktop.services.review.reading import printed as reading
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import FileKind, ReadFile, Unreadable
from desktop.views import printed
from desktop.views.printed import PrintedTexts, printed_text
from tests.services.review import making_bpij as making

pytestmark = pytest.mark.usefixtures("qapp")


def read(data: bytes) -> ReadFile:
    return reading.read(Source("a.pdf", data), printed_text(data))


@pytest.fixture(scope="module")
def sound(qapp: QApplication) -> bytes:
    normal = making.printed_row("01/03/2024 au 02/03/2024", "I.J. NORMALES", "2", "53,31", "106,62")
    large = making.printed_row("01/01/2024 au 02/02/2024", "I.J. MAJOREES", "33", "1 053,31", "34 759,23")
    return making.pdf([making.printed([normal]), making.printed([large], "NOËL ÈVE", "07/03/2024", "34 759,23 €")])


def test_a_printed_file_is_read_to_the_cent(sound: bytes) -> None:
    pages = printed_text(sound)
    assert len(pages) == 2
    found = read(sound)
    assert found.kind is FileKind.BPIJ_PDF
    assert found.frame["person"].to_list() == ["MARTIN ANNE", "NOËL ÈVE"]
    assert found.frame.select("days", "unit", "gross", "levies", "net").rows() == [
        (2, 533100, 10662, 716, 9946),
        (33, 10533100, 3475923, 0, 3475923),
    ]
    assert [each.holds for each in found.controls] == [True, True]
    assert found.rejected == ()


def test_the_portals_statement_as_a_file() -> None:
    found = read(making.pdf([making.STATEMENT]))
    assert (found.kind, found.frame.height, found.rejected) == (FileKind.PORTAL_PDF, 3, ())
    assert all(each.holds for each in found.controls)


# Hostile


def document(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first being its catalogue."""
    data, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        table,
        size,
        len(data),
    )


def paper(content: bytes, of: bytes = b"") -> bytes:
    """One page with this content stream."""
    return document(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<<%s/Length %d>>\nstream\n%s\nendstream" % (of, len(content), content),
    )


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"3 0 R" for _ in range(count))
    return document(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    )


def test_a_sound_page_of_that_making_is_read() -> None:
    assert printed_text(paper(b"q Q")) == ("",)
    assert len(printed_text(many_pages(20))) == 20


BOMB = zlib.compress(b"\0" * 300_000_000, 9)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: b"", "abîmé"),
        (lambda: b"%PDF-1.7 and no more", "abîmé"),
        (lambda: many_pages(100_000), "cinq mille pages"),
        (lambda: paper(BOMB, b"/Filter/FlateDecode"), "grossit"),
        (lambda: paper(zlib.compress(BOMB), b"/Filter[/FlateDecode/FlateDecode]"), "grossit"),
        (lambda: b"%PDF-" + b"\0" * printed.MOST_BYTES, "64"),
    ],
    ids=["empty", "cut", "pages", "bomb", "bomb in a bomb", "large"],
)
def test_a_hostile_file_is_refused(make: Callable[[], bytes], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        printed_text(make())


def test_a_tree_of_pages_that_turns_in_circles_ends(sound: bytes) -> None:
    """The library would count for ever; the next file is read all the same."""
    data = document(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 4>>")
    with PrintedTexts(seconds=1.5) as texts:
        with pytest.raises(Unreadable, match="trop long"):
            texts(data)
        assert len(texts(sound)) == 2


def test_a_process_that_falls_is_begun_again(sound: bytes) -> None:
    with PrintedTexts() as texts:
        assert len(texts(sound)) == 2
        assert texts._child is not None
        texts._child.kill()
        texts._child.wait()
        with pytest.raises(Unreadable, match="abîmé"):
            texts(sound)
        assert len(texts(sound)) == 2


def answered(data: bytes) -> list[str] | str:
    """What the process says, without the process."""
    asked, said = io.BytesIO(len(data).to_bytes(8, "big") + data), io.BytesIO()
    printed.serve(asked, said)
    found: list[str] | str = json.loads(said.getvalue()[8:])
    return found


def test_more_text_than_a_clerk_reads(sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(answered(sound)) == 2
    monkeypatch.setattr(printed, "MOST_LETTERS", 100)
    assert "arrêté à la page 1" in answered(sound)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_read(texts: PrintedTexts, sound: bytes, data: st.DataObject) -> None:
    made = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 8))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        assert isinstance(texts(bytes(made[: data.draw(st.integers(1, len(made)))])), tuple)


@pytest.fixture(scope="module")
def texts() -> Iterator[PrintedTexts]:
    with PrintedTexts(seconds=5) as made:
        yield made
