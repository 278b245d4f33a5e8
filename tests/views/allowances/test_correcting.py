"""A line that could not be read, told by hand, with who did it; and taken back."""

from pathlib import Path

from PySide6.QtWidgets import QLineEdit

from desktop.views.allowances.correcting import Correcting
from desktop.views.allowances.review import Review
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
    fill(shown, person="LE GOFF Zoé", start="19/01/2024", end="01/02/2024", net="276,50")
    shown.reason.setText("lu sur le relevé papier")
    press(desktop.qtbot, shown, "Enregistrer la correction")
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


def test_a_correction_is_taken_back_and_stays_told(desktop: Desktop, files: Path) -> None:
    review = opened(desktop, files)
    before = review.reviewed
    assert before is not None
    press(desktop.qtbot, review.detail, "Corriger cette ligne…")
    shown = dialog(review)
    fill(shown, person="LE GOFF Zoé", start="19/01/2024", net="276,50")
    press(desktop.qtbot, shown, "Enregistrer la correction")
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
