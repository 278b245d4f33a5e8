"""A file's bytes: told by what they are, and never more of them than a file may have."""

import hashlib
import io
import os
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.review.reading import source
from desktop.services.review.reading.source import Nature, Source, beginning, load, nature, unzipped
from desktop.services.review.whole import Unreadable
from tests.services.review import making_bpij as making

DATA = making.xml(making.of(making.Benefit()))


def of(data: bytes) -> Source:
    return Source("fichier", data)


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        unzipped(of(data))
    return caught.value.sentence


# Loading


def test_a_file_is_known_by_its_sum(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"a;b\n" * 700_000)
    found = load(place)
    assert (found.name, len(found.data)) == ("a.csv", 2_800_000)
    assert found.sha256 == hashlib.sha256(b"a;b\n" * 700_000).hexdigest()
    assert "a;b" not in repr(found)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    said = {}
    for place in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / "round", tmp_path / "gone", Path("a\0b")):
        with pytest.raises(Unreadable) as caught:
            load(place)
        said[place.name] = caught.value.sentence
        assert str(tmp_path) not in caught.value.sentence + caught.value.detail
    assert [said[name].split("\u00a0")[0] for name in ("pipe", "zero", "round", "gone")] == [
        "Ce n’est pas un fichier ordinaire",
        "Ce n’est pas un fichier ordinaire",
        "Ce raccourci tourne en rond",
        "Ce fichier n’existe plus à cet endroit",
    ]


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    place = tmp_path / "big"
    with place.open("wb") as file:
        file.truncate(source.MOST_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="512"):
        load(place)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_a_file_that_does_not_tell_its_size() -> None:
    assert load(Path("/proc/self/status")).data.startswith(b"Name:")


# Natures


def workbook() -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet().write(0, 0, "a")
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Nature.EMPTY),
        (b"\xef\xbb\xbf \r\n", Nature.EMPTY),
        (b"\0" * 100_000, Nature.EMPTY),
        (making.zipped(("a.xml", DATA)), Nature.ZIP),
        (making.zipped(), Nature.ZIP),
        (b"PK\x03\x04 and no more", Nature.ZIP),
        (workbook(), Nature.XLSX),
        (making.zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")), Nature.ODS),
        (making.zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")), Nature.UNKNOWN),
        (OLE, Nature.XLS),
        (OLE + "EncryptedPackage".encode("utf-16-le"), Nature.LOCKED),
        (b"%PDF-1.7\n", Nature.PDF),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", Nature.PDF),
        (DATA, Nature.XML),
        (b"\xef\xbb\xbf\n  <BPIJ/>", Nature.XML),
        (making.xml(making.of(), encoding="UTF-16"), Nature.XML),
        ('<?xml version="1.0"?><a/>'.encode("utf-16-be"), Nature.XML),
        (b"<html><table>", Nature.XML),
        (b"nom;montant\r\n\xc9milie;1,00\r\n", Nature.TEXT),
        ("nom\tmontant\n".encode("utf-16"), Nature.TEXT),
        ("nom\tmontant\n".encode("utf-16-le") * 9, Nature.TEXT),
        (b"nom;montant\n" * 20 + b"\0\0\0;1\n", Nature.TEXT),
        (b"<10;montant\n", Nature.TEXT),
        (b"\x89PNG\r\n\x1a\n", Nature.UNKNOWN),
        (b"\x1f\x8b\x08\0", Nature.UNKNOWN),
        (bytes(range(256)) * 9, Nature.UNKNOWN),
    ],
)
def test_a_nature_is_told_by_the_bytes(data: bytes, expected: Nature) -> None:
    assert nature(of(data)) is expected


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"<", b"%PDF-", OLE[:8]]))
def test_any_bytes_have_a_nature(data: bytes, start: bytes) -> None:
    assert isinstance(nature(of(start + data)), Nature)


# Archives


def test_the_data_file_is_found_beside_its_envelope() -> None:
    whole = of(making.packed(making.of(making.Benefit())))
    inner = unzipped(whole)
    assert inner.data == DATA
    assert (inner.name, inner.sha256) == (whole.name, whole.sha256)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/abs/olute.xml", "C:\\a.xml", "a/../b.xml", "été.xml", "x" * 60_000]
)
def test_paths_inside_lead_nowhere(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert unzipped(of(making.zipped((name, DATA), ("__MACOSX/._a", b"x"), (".DS_Store", b"x")))).data == DATA
    assert list(tmp_path.iterdir()) == []


def test_one_file_alone_is_taken_whatever_it_is() -> None:
    assert unzipped(of(making.zipped(("dossier/", b""), ("a.csv", b"a;b")))).data == b"a;b"
    book = workbook()
    assert unzipped(of(making.zipped(("a.xlsx", book)))).data == book


def altered(data: bytes, at: int, value: bytes) -> bytes:
    """With the same field changed in the entry and in the list of entries."""
    central = data.index(b"PK\x01\x02")
    made = bytearray(data)
    made[at : at + len(value)] = value
    made[central + at + 2 : central + at + 2 + len(value)] = value
    return bytes(made)


ONE = making.zipped(("a.xml", DATA))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (making.zipped(), "aucun fichier"),
        (making.zipped(("a/", b""), (".hidden", b"x")), "aucun fichier"),
        (making.zipped(("a.csv", b"a"), ("b.csv", b"b")), "2 fichiers"),
        (making.zipped(("a.xml", DATA), ("b.xml", DATA), ("c.txt", b"c")), "3 fichiers"),
        (making.zipped(("a.zip", making.zipped(("a.xml", DATA)))), "en contient une autre"),
        (making.zipped(*((f"{n}", b"x") for n in range(1_001))), "trop de fichiers"),
        (making.zipped(*((f"{n}" * 200, b"") for n in range(10_000))), "trop de fichiers"),
        (making.zipped(("a.xml", DATA), method=zipfile.ZIP_LZMA), "ne lit pas"),
        (making.zipped(("a.xml", DATA), method=zipfile.ZIP_BZIP2), "ne lit pas"),
        (altered(ONE, 6, b"\x01\0"), "mot de passe"),
        (altered(ONE, 14, b"\0\0\0\0"), "abîmée"),
        (altered(ONE, 22, struct.pack("<I", 0x7FFFFFFF)), "Mo une fois ouverte"),
        (altered(ONE, 22, struct.pack("<I", 400 * 1024**2)), "grossit démesurément"),
        (altered(ONE, 22, struct.pack("<I", 10)), "abîmée"),
        (making.zipped(("a.xml", b"\0" * 40_000_000)), "grossit démesurément"),
        (ONE[: len(ONE) // 2], "abîmée"),
        (b"PK\x03\x04", "abîmée"),
    ],
)
def test_an_archive_that_is_not_opened(data: bytes, says: str) -> None:
    assert says in refused(data)


def test_an_archive_that_lies_of_its_size_costs_no_memory() -> None:
    honest = making.zipped(("a.xml", b"<a/>" * 10_000_000), method=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    assert "abîmée" in refused(altered(honest, 22, struct.pack("<I", 5_000_000)))
    assert tracemalloc.get_traced_memory()[1] < 24_000_000
    tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_archive_is_refused_or_read(data: st.DataObject) -> None:
    made = bytearray(making.packed(making.of(making.Benefit())))
    for _ in range(data.draw(st.integers(1, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Unreadable):
        assert isinstance(unzipped(of(bytes(made[: data.draw(st.integers(1, len(made)))]))).data, bytes)


@pytest.mark.parametrize("other", [b"Nom;Du;Au;Montant net\nX;01/01/2024;02/01/2024;5,00\n", b"<BPIJ/>", b"%PDF-1.7"])
def test_nothing_in_an_archive_goes_unread(other: bytes) -> None:
    data = making.zipped(("a.xml", b'<BPIJ Nature="BPIJ"/>'), ("b", other))
    with pytest.raises(Unreadable, match="2 fichiers à lire"):
        unzipped(Source("a.zip", data))


@pytest.mark.parametrize("root", [b'<BPIJ Nature="BPIJ"/>', b"<n:BPIJ xmlns:n='u'/>", b'<Flux Nature="BPIJ"/>'])
def test_the_root_tells_the_data_file_from_its_envelope(root: bytes) -> None:
    data = making.zipped(("e.xml", b"<Enveloppe/>"), ("d.xml", root))
    assert unzipped(Source("a.zip", data)).data == root


def test_a_file_in_several_reads_is_whole_and_summed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.services.review.reading.source._READ", 7)
    content = bytes(range(256)) * 3
    (tmp_path / "a.csv").write_bytes(content)
    found = load(tmp_path / "a.csv")
    assert (found.data, found.sha256) == (content, hashlib.sha256(content).hexdigest())


def test_the_beginning_of_a_long_file_comes_before_it_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a;b\n" * 10)
    first = beginning(path, 5, beyond=39)
    assert first is not None
    assert (first.name, first.data) == ("a.csv", b"a;b\na")
    assert beginning(path, 5, beyond=40) is None
    assert beginning(tmp_path, 5, beyond=0) is None
    assert beginning(tmp_path / "none.csv", 5, beyond=0) is None
