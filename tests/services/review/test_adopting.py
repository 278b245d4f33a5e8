"""What was kept without an account goes to the account of whoever signs in, with all that was said of it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from desktop.services.review.adopting import adopt
from desktop.services.review.archive import Archive, State
from desktop.services.review.keeping import Keeping
from desktop.services.review.lessons import learn, lessons
from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.opening import read
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import Unreadable
from tests.services.review import making_bpij, making_tables

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@contextmanager
def two(folder: Path) -> Iterator[tuple[Keeping, Keeping]]:
    with closing(Keeping(folder / "hers", bytes(32))) as hers, closing(Keeping(folder / "stray", b"k" * 32)) as stray:
        yield hers, stray


def sources() -> tuple[Source, Source]:
    table = making_tables.text(making_tables.insurer(making_tables.leaves(5)))
    return Source("bpij.zip", making_bpij.packed(making_bpij.regularised())), Source("releve.csv", table)


def test_files_decisions_and_lessons_come_along(tmp_path: Path) -> None:
    with two(tmp_path) as (hers, stray):
        first, second = sources()
        for source in (first, second):
            stray.keep(source, read(source), by="Yann", at=AT)
        hers.keep(second, read(second), by="Zoé")
        Archive(stray).decide(["a finding"], State.DISPUTED, by="Yann", reason="taux", at=AT)
        learn(stray, "mark", Taught({"Truc": "net"}), by="Yann")
        assert adopt(hers, stray) == 2
        assert {kept.name: kept.by for kept in hers.files()} == {"bpij.zip": "Yann", "releve.csv": "Zoé"}
        came = hers.find(first.sha256)
        assert came is not None
        assert came.kept_at == AT
        assert hers.original(first.sha256).data == first.data
        decision = Archive(hers).decision("a finding")
        assert decision is not None
        assert (decision.state, decision.by, decision.at) == (State.DISPUTED, "Yann", AT)
        assert lessons(hers) == {"mark": Taught({"Truc": "net"})}
        assert stray.files() == ()
        assert adopt(hers, stray) == 0


def test_a_damaged_file_stays_where_it_is(tmp_path: Path) -> None:
    with two(tmp_path) as (hers, stray):
        first, second = sources()
        for source in (first, second):
            stray.keep(source, read(source), at=AT)
        (largest,) = sorted((tmp_path / "stray").glob("*.kept"), key=lambda path: path.stat().st_size)[-1:]
        octets = bytearray(largest.read_bytes())
        octets[len(octets) // 2] ^= 1
        largest.write_bytes(octets)
        assert adopt(hers, stray) == 1
        assert len(stray.files()) == 1


def test_what_could_not_be_read_comes_along(tmp_path: Path) -> None:
    with two(tmp_path) as (hers, stray):
        told = stray.keep_unread("photo.png", b"a photo", Unreadable("Pas un tableau."), by="Yann", at=AT)
        first, _ = sources()
        stray.keep_unread(first.name, first.data, Unreadable("Pas lu."))
        hers.keep(first, read(first))
        assert adopt(hers, stray) == 0
        assert hers.unread() == (told,)
        assert hers.unread_bytes(told.sha256) == b"a photo"
        assert stray.unread() == ()
