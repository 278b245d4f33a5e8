"""The shelf: what may be attached, kept whole; downloads that go on where they were."""

import hashlib
import io
import random
import zipfile
from pathlib import Path

import pytest

from contract import limits
from desktop.services.files import NotAttachable, Shelf
from tests.services.conftest import KEY

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_a_staged_file_is_kept_as_it_was_at_that_moment(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "Avis d’arrêt.pdf"
    path.write_bytes(PDF)
    staged = shelf.stage(path)
    path.write_bytes(b"%PDF- another")
    assert (staged.name, staged.media_type, staged.size) == ("Avis d’arrêt.pdf", "application/pdf", len(PDF))
    assert staged.sha256 == hashlib.sha256(PDF).hexdigest()
    assert shelf.content(staged.sha256) == PDF
    assert shelf.holds(staged.sha256)
    assert shelf.stage_bytes("again.pdf", PDF).sha256 == staged.sha256


def test_a_file_of_the_greatest_size_is_kept_whole(shelf: Shelf) -> None:
    content = b"%PDF-" + random.Random(1).randbytes(limits.FILE_BYTES - 5)  # noqa: S311 - any bytes
    assert shelf.content(shelf.stage_bytes("grand.pdf", content).sha256) == content


def test_a_name_from_outside_is_made_anew(shelf: Shelf) -> None:
    assert shelf.stage_bytes("..\\..\\évil\u202e.exe.PDF", PDF).name == "évil_exe.pdf"


def office() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("autre", "rien")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("vide.pdf", b"", "vide"),
        ("gros.pdf", b"%PDF-" + bytes(limits.FILE_BYTES), "10\u00a0Mo"),
        ("programme.exe", b"MZ", "type accepté"),
        ("sans ending", PDF, "type accepté"),
        ("image.pdf", PNG, "annonce son nom"),
        ("faux.docx", office(), "annonce son nom"),
        ("faux.txt", bytes(200), "annonce son nom"),
    ],
)
def test_what_cannot_be_attached_is_named_with_what_helps(shelf: Shelf, name: str, content: bytes, said: str) -> None:
    with pytest.raises(NotAttachable) as caught:
        shelf.stage_bytes(name, content)
    assert caught.value.name == name
    assert name in caught.value.sentence
    assert said in caught.value.sentence
    assert not shelf.holds(hashlib.sha256(content).hexdigest())


def test_a_path_that_is_no_readable_file_says_so(shelf: Shelf, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.pdf"):
        with pytest.raises(NotAttachable) as caught:
            shelf.stage(path)
        assert path.name in caught.value.sentence


def test_a_download_goes_on_where_it_was_cut_also_after_a_restart(shelf: Shelf, tmp_path: Path) -> None:
    sha256 = hashlib.sha256(PDF).hexdigest()
    shelf.add_part(sha256, 0, PDF[:1000])
    assert (shelf.received(sha256), shelf.holds(sha256), shelf.content(sha256)) == (1000, False, None)
    shelf.close()
    shelf = Shelf(tmp_path / "profile" / "shelf.db", KEY)
    try:
        shelf.add_part(sha256, 500, PDF[500:3000])
        shelf.add_part(sha256, 0, PDF[:10])
        assert shelf.received(sha256) == 3000
        with pytest.raises(ValueError, match="hole"):
            shelf.add_part(sha256, 3001, PDF[3001:])
        shelf.add_part(sha256, 3000, PDF[3000:])
        assert shelf.finish(sha256)
        assert shelf.content(sha256) == PDF
        shelf.add_part(sha256, 0, b"nothing of this")
        assert shelf.content(sha256) == PDF
    finally:
        shelf.close()


def test_a_wrong_sum_throws_the_parts_away(shelf: Shelf) -> None:
    sha256 = hashlib.sha256(PDF).hexdigest()
    shelf.add_part(sha256, 0, PDF[:-1] + b"?")
    assert not shelf.finish(sha256)
    assert (shelf.received(sha256), shelf.holds(sha256)) == (0, False)


def test_an_empty_file_can_be_downloaded(shelf: Shelf) -> None:
    sha256 = hashlib.sha256(b"").hexdigest()
    assert shelf.finish(sha256)
    assert shelf.content(sha256) == b""


def test_a_sweep_leaves_what_is_wanted(shelf: Shelf, tmp_path: Path) -> None:
    kept, gone = shelf.stage_bytes("a.pdf", PDF), shelf.stage_bytes("b.pdf", PDF + b"!")
    shelf.add_part("ab" * 32, 0, b"a part")
    assert shelf.sweep(frozenset()) == 0, "what came in this run may not be named by its draft yet"
    shelf.close()
    shelf = Shelf(tmp_path / "profile" / "shelf.db", KEY)
    again = shelf.stage_bytes("c.pdf", PDF + b"!")
    assert shelf.sweep(frozenset({kept.sha256})) == 1
    assert again.sha256 == gone.sha256
    assert shelf.held([kept.sha256, gone.sha256]) == {kept.sha256, gone.sha256}
    assert shelf.received("ab" * 32) == 0
    assert shelf.held([]) == frozenset()
    shelf.close()
