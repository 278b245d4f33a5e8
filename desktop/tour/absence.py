"""A leave that she declares, what was paid, and the files of the former space."""

from datetime import UTC, datetime, timedelta
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from desktop.tour.checking import review_of
from desktop.tour.spaces import see_all
from desktop.tour.stage import CONTROL, Stage
from desktop.views import wording
from desktop.views.allowances.entries import State
from desktop.views.leave.page import LeavesPage
from desktop.views.payments.page import PaymentsPage

SURNAME: Final = "Le Bihan"
FIRST_NAME: Final = "Marine"


def declare_a_leave(stage: Stage) -> None:
    """What is asked, and which documents are; then it is followed on its line of time."""
    see_all(stage)
    stage.key(Qt.Key.Key_2, CONTROL)
    stage.press("Arrêts de travail", stage.workplace.allowances)
    page = stage.find(LeavesPage, "Arrêts de travail")
    stage.until(lambda: page.list.table.rows.rowCount() > 0, "Aucun arrêt n’arrive.")
    stage.picture("arrets")
    stage.press("Déclarer un arrêt", page)
    form = page.form
    stage.until(form.isVisible, "Le formulaire de l’arrêt ne s’ouvre pas.")
    stage.pick(form.space, next(s for s in stage.services.portfolio.spaces() if "leave" in s.rights).member_number)
    today = wording.local(datetime.now(UTC)).date()
    fields = form.answers.places()
    for code, text in (
        ("last_name", SURNAME),
        ("first_name", FIRST_NAME),
        ("last_day_worked", f"{today - timedelta(2):%d/%m/%Y}"),
        ("start", f"{today - timedelta(1):%d/%m/%Y}"),
        ("expected_end", f"{today + timedelta(12):%d/%m/%Y}"),
    ):
        stage.write(text, fields[code])
    motive = fields["motive"]
    if isinstance(motive, QComboBox):
        stage.pick(motive, "aladie")
    stage.press("Non", fields["subrogation"])
    stage.picture("declaration-d-arret")
    stage.press("Déclarer l’arrêt", form)
    stage.until(lambda: page.detail.isVisible() and stage.says(SURNAME), "L’arrêt déclaré ne se montre pas.")
    stage.until(stage.delivered, "La déclaration ne part pas.")
    stage.picture("arret-declare")


def export_the_former_space(stage: Stage) -> None:
    """Asked for, prepared by the portal meanwhile, and read in the review without lying anywhere in clear."""
    stage.press("Indemnités journalières", stage.workplace.allowances)
    page = stage.find(PaymentsPage, "Indemnités journalières")
    stage.until(lambda: page.list.table.rows.rowCount() > 0, "Aucun paiement n’arrive.")
    stage.picture("paiements")
    stage.press("Exporter mes dossiers", page)
    stage.press("Demander un export", page)
    stage.until(lambda: page.exports.cards, "L’export demandé ne se montre pas.")
    card = next(iter(page.exports.cards.values()))
    stage.until(card.open.isVisible, "L’export ne se prépare pas.")
    stage.picture("export-pret")
    before = {entry.name for entry in review_of(stage).loader.entries}
    stage.click(card.open)
    review = review_of(stage)
    stage.until(
        lambda: review.isVisible() and {entry.name for entry in review.loader.entries} - before,
        "L’export ne s’ouvre pas dans la vérification.",
    )
    stage.until(lambda: review.loader.settled, "L’export n’est pas lu.")
    fresh = [entry for entry in review.loader.entries if entry.name not in before]
    if any(entry.state is not State.READ or entry.file is None or not entry.file.whole for entry in fresh):
        stage.miss("L’export n’est pas lu en entier.")
    stage.picture("export-verifie")
