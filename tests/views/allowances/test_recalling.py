"""The review of long files at the next start: there without a line being read again, as long as all is as it was."""

from pathlib import Path

import pytest

from desktop.services.review.archive import Archive
from desktop.services.review.archive import State as Verdict
from desktop.services.review.keeping import Keeping
from desktop.services.review.searching import Selection
from desktop.views.allowances import glimpse
from desktop.views.allowances.entries import State
from desktop.views.allowances.review import Review
from tests.views.allowances.conftest import KEY, Desktop, entry


@pytest.fixture
def kept(desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A review that the next start has again; what it decided of its first finding too."""
    monkeypatch.setattr(glimpse, "MANY", 10)
    review = desktop.review()
    desktop.open(review, files / "bpij.zip", files / "janvier")
    assert review.reviewed is not None
    review.loader.decide(review.reviewed.keys[:1], Verdict.UNDERSTOOD, "")
    desktop.qtbot.waitUntil(lambda: review.reviewed is not None and bool(review.reviewed.decisions))
    desktop.qtbot.waitUntil(lambda: bool(list((desktop.folder / "review").glob("*.made"))))
    return review


def test_no_line_is_read_again(desktop: Desktop, kept: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    before, entries = kept.reviewed, [(each.name, each.file, each.number) for each in kept.loader.entries]
    assert before is not None
    desktop.close()

    def refuse(_keeping: Keeping, _sha256: str) -> None:
        raise AssertionError("its lines are read")

    monkeypatch.setattr(Keeping, "reopen", refuse)
    again = desktop.review()
    now = again.reviewed
    assert now is not None
    assert (now.files, now.totals, now.findings, now.keys, now.known) == (
        *(before.files, before.totals, before.findings, before.keys),
        before.known,
    )
    assert {key: each.state for key, each in now.decisions.items()} == {before.keys[0]: Verdict.UNDERSTOOD}
    assert [(each.name, each.file, each.number) for each in again.loader.entries] == entries
    assert all(each.state is State.READ for each in again.loader.entries)
    assert now.sheet.find(Selection()).lines().equals(before.sheet.find(Selection()).lines())


def test_what_was_told_by_hand_since_counts(desktop: Desktop, kept: Review) -> None:
    file = entry(kept, "releve.csv").file
    assert file is not None
    desktop.close()
    keeping = Keeping(desktop.folder / "review", KEY)
    told = {"person": "LE GOFF Yann", "start": "05/01/2024", "net": "10,00", "gross": "10,00"}
    Archive(keeping).correct(file.sha256, file.rejected[0].line, told, by="Zoé")
    keeping.close()
    again = desktop.review()
    now = entry(again, "releve.csv").file
    assert now is not None
    assert again.reviewed is not None
    assert now.height == file.height + 1
    assert again.reviewed.sheet.find(Selection("le goff yann", file=entry(again, "releve.csv").number)).count == 1
    assert again.reviewed.totals.lines == 61 + 1


def test_another_file_joins_them(desktop: Desktop, kept: Review, files: Path) -> None:
    desktop.close()
    again = desktop.review()
    other = files / "autre.csv"
    other.write_bytes((files / "janvier" / "releve.csv").read_bytes().replace(b"DUPONT", b"DUPOND"))
    desktop.open(again, other)
    assert again.reviewed is not None
    assert len(again.reviewed.files) == 3
    assert {each.number for each in again.loader.entries} == {0, 1, 2}


def test_a_file_taken_out_takes_it_along(desktop: Desktop, kept: Review) -> None:
    kept.loader.forget(entry(kept, "releve.csv").ticket)
    desktop.settle(kept)
    desktop.close()
    again = desktop.review()
    assert [each.name for each in again.loader.entries] == ["bpij.zip"]
    assert again.reviewed is not None
    assert again.reviewed.totals.lines == 13


def test_a_damaged_file_is_told_all_the_same(desktop: Desktop, kept: Review) -> None:
    desktop.close()
    for path in (desktop.folder / "review").glob("*.kept"):
        content = bytearray(path.read_bytes())
        content[200] ^= 1
        path.write_bytes(bytes(content))
    again = desktop.review()
    assert {each.state for each in again.loader.entries} == {State.UNREADABLE}
    assert again.reviewed is None
