"""Files on their way into the review: what is read, kept, taught, given up and opened again."""

import threading
from pathlib import Path

import pytest
from pytestqt.exceptions import capture_exceptions

from desktop.services.problems import StoreFault
from desktop.services.review.archive import State as Verdict
from desktop.services.review.keeping import Keeping
from desktop.services.review.reading import opening
from desktop.services.review.reading.headings import Taught
from desktop.services.review.reading.source import Source
from desktop.services.review.searching import Selection
from desktop.services.review.whole import PrintedText, ReadFile
from desktop.views.allowances import hands
from desktop.views.allowances.entries import State
from desktop.views.allowances.review import Review
from tests.services.review import making_tables
from tests.views.allowances.conftest import KEY, UNKNOWN, Desktop, entry
from tests.views.conftest import Watchdog

LESSON = Taught({"Truc": "person", "Machin": "paid_on", "Bidule": "net"})


def test_a_folder_of_mixed_files_is_read_and_each_says_how_it_went(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    states = {each.name: each.state for each in review.loader.entries}
    assert states == {
        "bpij.zip": State.READ,
        "inconnu.csv": State.UNTAUGHT,
        "photo.png": State.UNREADABLE,
        "rien.txt": State.UNREADABLE,
        "releve.csv": State.READ,
    }
    faulty = entry(review, "releve.csv").file
    assert faulty is not None
    assert (faulty.height, [each.line for each in faulty.rejected]) == (48, [11, 21])
    assert not faulty.whole
    reviewed = review.reviewed
    assert reviewed is not None
    assert reviewed.totals.lines == 61
    assert {each.name: each.number for each in review.loader.entries if each.number is not None} == {
        file.name: number for number, file in enumerate(reviewed.files)
    }
    assert len(reviewed.keys) == len(reviewed.findings)
    assert len(reviewed.regularisations) == 1


def test_lines_have_the_number_of_their_file(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    reviewed = review.reviewed
    assert reviewed is not None
    for number, file in enumerate(reviewed.files):
        assert reviewed.sheet.find(Selection(file=number)).count == file.height


def test_what_was_opened_is_open_again_at_the_next_start(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files)
    before = review.reviewed
    desktop.close()
    again = desktop.review()
    assert [each.name for each in again.loader.entries if each.file is not None] == ["bpij.zip", "releve.csv"]
    assert before is not None
    assert again.reviewed is not None
    assert again.reviewed.totals == before.totals
    assert again.reviewed.files == before.files
    assert again.reviewed.keys == before.keys
    assert all(file.kept for file in again.reviewed.files)


def test_the_same_file_counts_once_and_says_so(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    before = review.reviewed
    (files / "copie.zip").write_bytes((files / "bpij.zip").read_bytes())
    desktop.open(review, files / "copie.zip")
    assert [each.name for each in review.loader.entries] == ["bpij.zip"]
    assert review.loader.said.startswith("Ce fichier est déjà là\u00a0: «\u00a0bpij.zip\u00a0»")
    assert review.notice.sentence == review.loader.said
    assert review.reviewed is before, "nothing was judged anew"


def test_columns_are_taught_once_for_all_files_with_the_same_headings(desktop: Desktop, files: Path) -> None:
    (files / "autre.csv").write_bytes(UNKNOWN.replace(b"123,45", b"200,00"))
    review = desktop.review()
    desktop.open(review, files / "inconnu.csv", files / "autre.csv")
    assert review.reviewed is None
    review.loader.teach(entry(review, "inconnu.csv").ticket, LESSON)
    desktop.settle(review)
    assert {each.state for each in review.loader.entries} == {State.READ}
    desktop.close()
    (files / "encore.csv").write_bytes(UNKNOWN.replace(b"123,45", b"300,00"))
    again = desktop.review()
    desktop.open(again, files / "encore.csv")
    assert entry(again, "encore.csv").state is State.READ


def test_what_could_not_be_read_is_in_the_list_again_at_the_next_start(desktop: Desktop, files: Path) -> None:
    (files / "janvier" / "rien.txt").write_bytes(b"")
    review = desktop.review()
    desktop.open(review, files, files / "disparu.csv")
    before = {(each.name, each.state, each.problem and each.problem.sentence) for each in review.loader.entries}
    assert sum(state is State.UNREADABLE for _, state, _ in before) == 3, "two of them say the same"
    desktop.close()
    again = desktop.review()
    assert len(again.loader.entries) == 7
    assert {(each.name, each.state, each.problem and each.problem.sentence) for each in again.loader.entries} == before
    for each in again.loader.entries:
        again.loader.forget(each.ticket)
    desktop.qtbot.waitUntil(lambda: not list((desktop.folder / "review").glob("*.[ku]*")))
    desktop.close()
    assert desktop.review().loader.entries == ()


def test_columns_are_taught_after_a_restart_though_the_file_is_gone(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "inconnu.csv")
    desktop.close()
    (files / "inconnu.csv").unlink()
    again = desktop.review()
    assert again.loader.entries[0].state is State.UNTAUGHT
    again.loader.teach(again.loader.entries[0].ticket, LESSON)
    desktop.settle(again)
    assert again.reviewed is not None
    assert again.reviewed.totals.lines == 2
    desktop.close()
    last = desktop.review()
    assert [(each.name, each.state) for each in last.loader.entries] == [("inconnu.csv", State.READ)]
    assert not list((desktop.folder / "review").glob("*.unread"))


def test_the_same_unread_file_stands_in_the_list_once(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "inconnu.csv", files / "photo.png")
    desktop.open(review, files / "inconnu.csv", files / "photo.png")
    assert sorted(each.name for each in review.loader.entries) == ["inconnu.csv", "photo.png"]


def test_a_file_whose_reading_falls_over_stays_in_the_list(
    desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of ours is reported, and the file it was in is neither lost nor in the way of the others."""
    real = opening.read

    def read(source: Source, **more: object) -> ReadFile:
        if source.name == "releve.csv":
            raise KeyError("nir")
        return real(source, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "read", read)
    review = desktop.review()
    with capture_exceptions() as caught:
        desktop.open(review, files / "bpij.zip", files / "janvier")
    assert [each[0] for each in caught] == [KeyError]
    for _ in range(2):
        fallen = entry(review, "releve.csv")
        assert fallen.state is State.UNREADABLE
        assert fallen.problem is not None
        assert fallen.problem.sentence.startswith("Une erreur inattendue a arrêté sa lecture.")
        assert entry(review, "bpij.zip").state is State.READ
        desktop.close()
        review = desktop.review()


def test_a_teaching_that_is_given_up_leaves_the_file_to_be_taught(
    desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch, watchdog: Watchdog
) -> None:
    review = desktop.review()
    desktop.open(review, files / "inconnu.csv")
    held = Held(monkeypatch)
    review.loader.teach(entry(review, "inconnu.csv").ticket, LESSON)
    watchdog.until(held.began.is_set)
    review.loader.stop_reading()
    held.free.set()
    desktop.settle(review)
    assert [(each.name, each.state) for each in review.loader.entries] == [("inconnu.csv", State.UNTAUGHT)]


def test_a_file_taken_out_is_gone_for_good(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip", files / "janvier")
    review.loader.forget(entry(review, "releve.csv").ticket)
    desktop.settle(review)
    assert review.reviewed is not None
    assert [file.name for file in review.reviewed.files] == ["bpij.zip"]
    review.loader.forget(entry(review, "bpij.zip").ticket)
    desktop.settle(review)
    assert review.reviewed is None
    kept = desktop.folder / "review"
    desktop.qtbot.waitUntil(lambda: not list(kept.glob("*.kept")))
    desktop.close()
    assert desktop.review().loader.entries == ()


class Held:
    """A reading that does not come to its end before it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.began, self.free = threading.Event(), threading.Event()
        real = hands.read

        def read(
            shelf: hands.Shelf, path: Path, taught: dict[str, Taught], by: str, texts: PrintedText, course: hands.Course
        ) -> hands.Read:
            if path.name == "inconnu.csv":
                self.began.set()
                self.free.wait(20)
            return real(shelf, path, taught, by, texts, course)

        monkeypatch.setattr(hands, "read", read)


def test_reading_is_given_up_at_once_whatever_the_reader_does(
    desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch, watchdog: Watchdog
) -> None:
    held = Held(monkeypatch)
    review = desktop.review()
    review.give([files])
    watchdog.until(lambda: held.began.is_set() and len(review.loader._reads) == 4)
    progress = review.loader.progress
    assert progress is not None
    assert (progress.name, progress.place, progress.whole) == ("inconnu.csv", 2, 5)
    assert review.files.course.isVisible()
    watchdog.during(review.loader.stop_reading)
    assert [each.name for each in review.loader.entries] == ["bpij.zip"]
    desktop.settle(review)
    assert review.reviewed is not None, "what had been read counts, though the former reader is still at work"
    assert review.notice.sentence == "Ouverture annulée."
    held.free.set()
    desktop.open(review, files / "janvier")
    assert [each.name for each in review.loader.entries] == ["bpij.zip", "releve.csv"]


def test_without_a_keyring_files_are_reviewed_and_not_kept(desktop: Desktop, files: Path) -> None:
    def locked() -> Keeping:
        raise StoreFault("Le trousseau est verrouillé.")

    review = desktop.review(locked)
    desktop.open(review, files / "bpij.zip")
    assert review.reviewed is not None
    assert not review.reviewed.files[0].kept
    assert review.kept_not.sentence.startswith("Le trousseau est verrouillé.")
    passing = review.loader._shelf
    assert passing is not None
    assert passing.passing is not None
    assert passing.passing.is_dir()
    desktop.close()
    assert not passing.passing.exists()


def test_a_damaged_file_leaves_the_others(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip", files / "janvier")
    desktop.close()
    largest = max((desktop.folder / "review").glob("*.kept"), key=lambda path: path.stat().st_size)
    octets = bytearray(largest.read_bytes())
    octets[len(octets) // 2] ^= 1
    largest.write_bytes(octets)
    again = desktop.review()
    states = {each.name: each.state for each in again.loader.entries}
    assert sorted(state.name for state in states.values()) == ["READ", "UNREADABLE"]
    assert again.reviewed is not None


def test_a_decision_is_kept_and_told_to_the_parts(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    before = review.reviewed
    assert before is not None
    key = before.keys[-1]
    review.loader.decide([key], Verdict.DISPUTED, "taux inexpliqué")
    desktop.qtbot.waitUntil(lambda: review.reviewed is not before)
    after = review.reviewed
    assert after is not None
    assert after.sheet is before.sheet
    assert after.decisions[key].by == "Zoé Martin"
    desktop.close()
    again = desktop.review().reviewed
    assert again is not None
    assert again.decisions[key].state is Verdict.DISPUTED
    assert again.decisions[key].reason == "taux inexpliqué"


def test_the_window_answers_while_a_long_file_is_read(desktop: Desktop, files: Path, watchdog: Watchdog) -> None:
    rows = making_tables.insurer(making_tables.leaves(9_000))
    long = files / "long.csv"
    long.write_bytes(making_tables.text(rows))
    review = desktop.review()
    watchdog.during(lambda: review.give([long]))
    watchdog.until(lambda: review.loader.settled, seconds=60)
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 9_000


def test_keys_of_the_shelf_are_its_own(desktop: Desktop, files: Path) -> None:
    """Nothing of a file stands on the disk in clear."""
    review = desktop.review()
    desktop.open(review, files / "janvier")
    desktop.close()
    source = Source("releve.csv", (files / "janvier" / "releve.csv").read_bytes())
    words = [b"LE GOFF", b"releve.csv", source.sha256.encode(), b"295109912611193"]
    for path in (desktop.folder / "review").rglob("*"):
        content = path.read_bytes()
        assert not [word for word in words if word in content], path
        assert source.sha256 not in path.name
    with pytest.raises(StoreFault):
        Keeping(desktop.folder / "review", bytes(32))
    Keeping(desktop.folder / "review", KEY).close()


def test_a_folder_without_files_says_so(desktop: Desktop, tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    review: Review = desktop.review()
    desktop.open(review, tmp_path / "vide")
    assert review.notice.sentence == "Ce dossier ne contient aucun fichier."
    assert review.loader.entries == ()


def test_a_damaged_register_is_made_anew_and_that_is_said(desktop: Desktop, files: Path) -> None:
    review = desktop.review()
    desktop.open(review, files / "bpij.zip")
    reviewed = review.reviewed
    assert reviewed is not None
    review.loader.decide(reviewed.keys[:1], Verdict.DISPUTED, "Pas payé deux fois")
    desktop.qtbot.waitUntil(lambda: bool(review.loader.reviewed and any(review.loader.reviewed.decisions)))
    desktop.close()
    path = desktop.folder / "review" / "register.db"
    content = bytearray(path.read_bytes())
    for place in range(len(content) // 2, len(content), 4096):
        content[place] ^= 1
    path.write_bytes(content)
    again = desktop.review()
    assert [(each.name, each.state) for each in again.loader.entries] == [("bpij.zip", State.READ)]
    assert again.loader.fault is None
    assert "il a été refait" in again.notice.sentence
    assert "register.damaged-1.db" in again.notice.sentence
    desktop.close()
    assert desktop.review().loader.said == "", "once is enough"
