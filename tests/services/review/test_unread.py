"""Files that could not be read, and what was not said of those that could before: told, kept, never lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.services.problems import Remedy
from desktop.services.review.keeping import Keeping, unread
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import Unreadable, Unrecognised
from tests.services.review.making_kept import CANARY, KEY, read, statement
from tests.services.review.test_keeping import WHEN, again, fault_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "review"


@pytest.fixture
def keeping(folder: Path) -> Iterator[Keeping]:
    made = Keeping(folder, KEY)
    yield made
    made.close()


UNTAUGHT = Unrecognised(
    "Indiquez les colonnes.", Remedy.EDIT, headings=("Truc", "Nom"), sample=(("1", CANARY),), missing=("person",)
)


def test_an_unread_file_comes_back_with_what_it_waits_for(keeping: Keeping, folder: Path) -> None:
    large = bytes(unread.MOST_BYTES + 1)
    told = [
        keeping.keep_unread("inconnu.csv", large + b"1", UNTAUGHT, by="Zoé Martin", at=WHEN),
        keeping.keep_unread("photo.png", b"a photo", Unreadable("Pas un tableau."), at=WHEN + timedelta(1)),
        keeping.keep_unread("film.mp4", large, Unreadable("Pas un tableau."), at=WHEN + timedelta(2)),
        keeping.keep_unread("rien.txt", b"", Unreadable("Vide."), place="a", at=WHEN + timedelta(3)),
        keeping.keep_unread("rien.txt", b"", Unreadable("Vide."), place="b", at=WHEN + timedelta(4)),
    ]
    for path in folder.iterdir():
        assert CANARY.encode() not in path.read_bytes()
    reopened = again(keeping, folder)
    assert list(reopened.unread()) == told
    assert [len(reopened.unread_bytes(each.sha256)) for each in told] == [len(large) + 1, 7, 0, 0, 0]
    assert vars(reopened.unread()[0].problem) == vars(UNTAUGHT) | {"sha256": told[0].sha256}
    assert [type(each.problem) for each in reopened.unread()] == [Unrecognised, *[Unreadable] * 4]
    for each in told:
        reopened.erase(each.sha256)
    assert reopened.unread() == ()
    assert not list(folder.glob("*.unread"))
    reopened.close()


@pytest.mark.parametrize("length", [0, 90])
def test_an_unread_file_whose_name_is_lost_is_told_and_kept(keeping: Keeping, folder: Path, length: int) -> None:
    """Nothing vanishes without a word; it goes once it is imported again, or taken away."""
    photo = keeping.keep_unread("photo.png", b"a photo", Unreadable("Pas un tableau."), at=WHEN)
    note = keeping.keep_unread("note.txt", b"a note", Unreadable("Pas un tableau."), at=WHEN)
    path = keeping._path_of_unread(photo.sha256)
    spoilt = path.read_bytes()[:length]
    path.write_bytes(spoilt)
    reopened = again(keeping, folder)
    [hurt] = [each for each in reopened.unread() if each != note]
    assert (hurt.name, hurt.whole, path.read_bytes()) == ("Fichier dont le nom est perdu", False, spoilt)
    assert "abîmé sur le disque" in hurt.problem.sentence
    fault_of(lambda: reopened.unread_bytes(hurt.sha256))
    reopened.keep_unread("photo.png", b"a photo", Unreadable("Pas un tableau."), at=WHEN)
    assert sorted(each.name for each in reopened.unread()) == ["note.txt", "photo.png"]
    path.write_bytes(spoilt)
    last = again(reopened, folder)
    for each in last.unread():
        last.erase(each.sha256)
    assert last.unread() == ()
    assert not list(folder.glob("*.unread"))
    last.close()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Nom;Du;Au;Montant net\nROUX ANNE;01/03/2026;05/03/2026;120,00\n", "ne dit que le net"),
        ("Nom;Du;Au;Montant brut\nROUX ANNE;01/03/2026;05/03/2026;120,00\n", "ne dit que le brut"),
        ("Nom;Du;Au;Montant brut;Montant net\nROUX ANNE;01/03/2026;05/03/2026;120,00;112,00\n", ""),
        ("Nom;Du;Au;Montant net\nROUX ANNE;01/03/2026;05/03/2026;0,00\n", ""),
    ],
)
def test_a_file_kept_before_says_which_amount_it_does_not_tell(keeping: Keeping, text: str, says: str) -> None:
    """What its reader says now, as often as it says it: once."""
    source = Source("net.csv", text.encode())
    now = read(source)
    keeping.keep(source, replace(now, notes=now.notes[:1]))
    again_whole, again_told = keeping.reopen(source.sha256), keeping.told(source.sha256)
    assert again_whole.notes == again_told.notes == now.notes
    assert (says in now.notes[-1]) if says else len(now.notes) == 1
    keeping.erase(source.sha256)
    keeping.keep(source, now)
    assert keeping.reopen(source.sha256).notes == keeping.told(source.sha256).notes == now.notes


def test_once_it_is_read_it_is_the_kept_file(keeping: Keeping, folder: Path) -> None:
    source = statement()
    keeping.keep_unread(source.name, source.data, UNTAUGHT)
    (waiting,) = folder.glob("*.unread")
    before = waiting.read_bytes()
    keeping.keep(source, read(source))
    assert keeping.unread() == ()
    assert not waiting.exists()
    waiting.write_bytes(before)  # as a cut leaves it
    waiting.with_name(f"{waiting.name}.new").write_bytes(before[:50])
    reopened = again(keeping, folder)
    assert reopened.unread() == ()
    assert [kept.name for kept in reopened.files()] == ["releve.csv"]
    assert not list(folder.glob("*.unread*"))
    reopened.close()
