"""A line that could not be read, told by hand, with who did it; and taken back."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.services.review.anomalies import AnomalyKind
from desktop.views.allowances.correcting import Correcting
from desktop.views.allowances.review import Review
from tests.services.review import making_tables
from tests.views.acting import button, press
from tests.views.allowances.conftest import Desktop, entry
from tests.views.walking import slips, unnamed, visible_strings


def dialog(review: Review) -> Correcting:
    return next(each for each in review.findChildren(Correcting) if each.isVisible())


def fill(shown: Correcting, **texts: str) -> None:
    for name, text in texts.items():
        field = shown.boxes[name].field
        assert isinstance(field, QLineEdit)
        field.setText(text)


def opened(desktop: Desktop, files: Path) -> Review:
    review = desktop.review()
    desktop.open(review, files / "janvier")
    return review


def test_a_rejected_line_is_told_by_hand_and_counts(desktop: Desktop, files: Path) -> None:
    review = opened(desktop, files)
    before = review.reviewed
    assert before is not None
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    assert shown.windowTitle() == "Corriger la ligne 11"
    assert unnamed(shown) == []
    assert [(text, found) for _, text in visible_strings(shown) if (found := slips(text))] == []
    fill(shown, person="LE GOFF Zoé", start="19/01/2024", end="01/02/2024", gross="300,00", net="276,50")
    shown.reason.setText("lu sur le relevé papier")
    press(desktop.qtbot, shown, "Enregistrer la correction")
    press(desktop.qtbot, shown, "Garder quand même")
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not before, timeout=20_000)
    after = review.reviewed
    assert after is not None
    assert after.totals.lines == before.totals.lines + 1
    assert after.totals.net == before.totals.net + 27_650
    file = entry(review, "releve.csv").file
    assert file is not None
    assert [each.line for each in file.rejected] == [21]
    told = file.corrections[-1]
    assert (told.line, told.by, told.reason) == (11, "Zoé Martin", "lu sur le relevé papier")
    desktop.close()
    again = desktop.review().reviewed
    assert again is not None
    assert again.totals == after.totals


@pytest.fixture
def summed(tmp_path: Path) -> Path:
    """A file whose total comes out once its line is told by hand; and one that is none."""
    made = making_tables.leaves(8)
    rows = making_tables.insurer(made)
    total = [""] * len(rows[0])
    total[0], total[11] = "Total général", making_tables.french(sum(line.gross for line in made))
    rows[3][11] = "douze"
    (tmp_path / "octobre.csv").write_bytes(making_tables.text([*rows, total]))
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    return tmp_path


def counts(review: Review) -> tuple[str, str, str, str]:
    """As they are said in the row, at the head of the list, of the file and of its sums."""
    row = review.files.list.model().index(0, 0)
    detail = review.detail
    return (
        str(row.data(Qt.ItemDataRole.ToolTipRole)),
        review.files._count.text(),
        detail._kind.text(),
        detail._verdict.text(),
    )


def test_a_line_is_begun_from_its_cells_and_all_counts_agree_once_it_is_told(desktop: Desktop, summed: Path) -> None:
    review = desktop.review()
    desktop.open(review, summed / "octobre.csv", summed / "photo.png")
    row, head, kind, verdict = counts(review)
    assert "1\u00a0rejetée, 1\u00a0total inexact, 7\u00a0lignes" in row
    assert head == "2\u00a0fichiers, 2 à revoir · 7\u00a0lignes"
    assert kind.endswith("7\u00a0lignes lues")
    assert verdict.endswith("Le total annoncé par le fichier ne correspond pas aux lignes lues.")
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    line = making_tables.leaves(8)[2]
    assert "(Montant brut\u00a0: montant illisible). Corrigez ce qui est marqué." in " ".join(
        text for _, text in visible_strings(shown)
    )
    texts = {name: shown._field(name).text() for name in shown.boxes}
    assert texts["person"] == f"{line.surname} {line.first_name}"
    assert (texts["start"], texts["end"]) == (f"{line.start:%d/%m/%Y}", f"{line.end:%d/%m/%Y}")
    assert texts["net"] == making_tables.french(line.net)
    assert (texts["gross"], [name for name, box in shown.boxes.items() if box.complaint]) == ("douze", ["gross"])
    assert shown.focusWidget() is shown.boxes["gross"].field
    assert line.nir[8:12] not in texts["nir"], "it is masked"
    desktop.qtbot.keyClicks(shown.boxes["gross"].field, "1")
    assert not shown.boxes["gross"].complaint
    fill(shown, gross=making_tables.french(line.gross))
    before = review.reviewed
    press(desktop.qtbot, shown, "Enregistrer la correction")
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not before, timeout=20_000)
    row, head, kind, verdict = counts(review)
    assert "8\u00a0lignes, 1\u00a0total juste, dont 1\u00a0corrigée à la main" in row
    assert head == "2\u00a0fichiers, 1 à revoir · 8\u00a0lignes"
    assert kind.endswith("8\u00a0lignes, dont 1\u00a0corrigée à la main")
    assert verdict == (
        "Toutes ses lignes comptent, dont 1\u00a0corrigée à la main. "
        "Le total annoncé par le fichier correspond aux lignes, au centime près."
    )
    assert review.reviewed is not None
    assert review.reviewed.totals.lines == 8
    assert review.reviewed.totals.indemnity == sum(each.gross for each in making_tables.leaves(8))
    assert not [each for each in review.reviewed.anomalies if each.kind is AnomalyKind.TOTALS]
    told = review.loader.entries[0].file
    assert told is not None
    assert told.corrections[-1].values["nir"] == line.nir


def test_amounts_that_contradict_each_other_are_asked_about_before_they_are_kept(
    desktop: Desktop, summed: Path
) -> None:
    review = desktop.review()
    desktop.open(review, summed / "octobre.csv")
    before = review.reviewed
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    fill(shown, gross="9999,00")
    press(desktop.qtbot, shown, "Enregistrer la correction")
    assert shown.doubt.isVisible()
    assert "Le brut moins les retenues fait 9\u202f" in shown.doubt.sentence
    assert "Le taux journalier multiplié par les jours fait" in shown.doubt.sentence
    assert "et non 9\u202f999,00\u00a0€ bruts." in shown.doubt.sentence
    assert [(text, found) for _, text in visible_strings(shown) if (found := slips(text))] == []
    assert review.reviewed is before
    shown.boxes["gross"].field.setFocus()
    desktop.qtbot.keyClicks(shown.boxes["gross"].field, "0")
    assert not shown.doubt.isVisible()
    press(desktop.qtbot, shown, "Enregistrer la correction")
    assert shown.doubt.isVisible(), "other amounts are judged anew"
    press(desktop.qtbot, shown, "Garder quand même")
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not before, timeout=20_000)
    told = review.loader.entries[0].file
    assert told is not None
    assert told.by_hand == 1


@pytest.mark.parametrize(
    ("author", "said"), [("Zoé Martin", "avec votre nom"), ("", "sans nom\u00a0: vous n’êtes pas")]
)
def test_it_says_whether_a_name_is_kept(
    desktop: Desktop, files: Path, monkeypatch: pytest.MonkeyPatch, author: str, said: str
) -> None:
    review = opened(desktop, files)
    monkeypatch.setattr(review, "_desk", replace(review._desk, author=lambda: author))
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    assert said in " ".join(text for _, text in visible_strings(dialog(review)))


def test_what_is_wrong_is_said_beside_its_field(desktop: Desktop, files: Path) -> None:
    review = opened(desktop, files)
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    fill(shown, person="LE GOFF Zoé", start="le 3", net="douze")
    press(desktop.qtbot, shown, "Enregistrer la correction")
    desktop.qtbot.waitUntil(lambda: bool(shown.boxes["net"].complaint))
    assert shown.boxes["start"].complaint
    assert not shown.boxes["person"].complaint
    assert button(shown, "Enregistrer la correction").isEnabled()
    assert shown.isVisible()
    shown.boxes["net"].field.setFocus()
    desktop.qtbot.keyClicks(shown.boxes["net"].field, "1")
    assert not shown.boxes["net"].complaint
    assert shown.boxes["start"].complaint


def test_a_correction_is_taken_back_and_stays_told(desktop: Desktop, files: Path) -> None:
    review = opened(desktop, files)
    before = review.reviewed
    assert before is not None
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    fill(shown, person="LE GOFF Zoé", start="19/01/2024", gross="300,00", net="276,50")
    press(desktop.qtbot, shown, "Enregistrer la correction")
    press(desktop.qtbot, shown, "Garder quand même")
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not before, timeout=20_000)
    corrected = review.reviewed
    review.detail._tabs.show_section(1)
    press(desktop.qtbot, review.detail, "Annuler cette correction")
    desktop.qtbot.waitUntil(lambda: review.loader.settled and review.reviewed is not corrected, timeout=20_000)
    assert review.reviewed is not None
    assert review.reviewed.totals == before.totals
    file = entry(review, "releve.csv").file
    assert file is not None
    assert [each.line for each in file.rejected] == [11, 21]
    assert [each.withdrawn for each in file.corrections] == [False, True]
    review.detail._tabs.show_section(1)
    desktop.qtbot.waitUntil(lambda: not button(review.detail, "Annuler cette correction").isEnabled())
