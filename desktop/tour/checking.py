"""The files of allowances that she has gathered: dropped, taught, put right."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.services.portfolio import Space
from desktop.tour import papers
from desktop.tour.stage import CONTROL, NOTHING, Stage
from desktop.views.allowances.correcting import Correcting
from desktop.views.allowances.entries import Entry, State
from desktop.views.allowances.review import Review
from desktop.views.allowances.teaching import Teaching
from desktop.views.allowances.verdicts import points

MEANT: Final = (
    ("Qui", "Nom et prénom"),
    ("Premier", "Du"),
    ("Dernier", "Au"),
    ("Combien", "Jours"),
    ("Viré", "Montant net"),
)
"""What the columns of her own table are."""


def review_of(stage: Stage) -> Review:
    """The review of files, once its page is there."""
    page = stage.workplace.allowances.page
    if page is None:
        stage.miss("La page des arrêts et indemnités n’est pas ouverte.")
    return page.review


def entry_of(stage: Stage, name: str) -> Entry:
    """A file of the list."""
    found = [entry for entry in review_of(stage).loader.entries if entry.name == name]
    if not found:
        stage.miss(f"«\u00a0{name}\u00a0» n’est pas dans la liste.")
    return found[0]


def open_the_tab(stage: Stage) -> None:
    """By its key; nothing is there yet, and it says what may come."""
    stage.key(Qt.Key.Key_2, CONTROL)
    stage.until(lambda: stage.workplace.allowances.page, "La page des arrêts et indemnités ne s’ouvre pas.")
    review = review_of(stage)
    if not review.isVisible():
        stage.press("Vérification de fichiers", stage.workplace.allowances)
    stage.until(lambda: review.loader.settled and review.parts.complete, "La vérification ne se prépare pas.")
    stage.until(lambda: stage.says("Déposez ici"), "Rien ne dit où déposer ses fichiers.")
    stage.picture("verification-vide")


def drop_the_folder(stage: Stage) -> None:
    """A folder of six files, of which each says at once how it is."""
    review = review_of(stage)
    drop(stage, review, papers.folder(stage.folder / "indemnites", _space(stage)))
    stage.until(lambda: review.loader.settled and len(_files(review)) == 6, "Le dossier n’est pas lu.", 60_000)
    for name, state in (
        (papers.PORTAL_CSV, State.READ),
        (papers.BPIJ_ZIP, State.READ),
        (papers.BPIJ_PDF, State.READ),
        (papers.INSURER_CSV, State.READ),
        (papers.UNTAUGHT_CSV, State.UNTAUGHT),
        (papers.PHOTO, State.UNREADABLE),
    ):
        if entry_of(stage, name).state is not state:
            stage.miss(f"«\u00a0{name}\u00a0» n’est pas dans l’état attendu.")
    whole = entry_of(stage, papers.PORTAL_CSV).file
    if whole is None or not whole.whole:
        stage.miss("L’export de l’espace client n’est pas lu en entier.")
    stage.picture("fichiers-lus")


def _files(review: Review) -> list[Entry]:
    """Without what the portal has shown, which is beside them."""
    return [entry for entry in review.loader.entries if not entry.portal]


def drop(stage: Stage, onto: QWidget, path: Path) -> None:
    """As the system does it: over the window, where it is shown what will be, and let go."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    left, where = Qt.MouseButton.LeftButton, onto.rect().center()
    QApplication.sendEvent(onto, QDragEnterEvent(where, Qt.DropAction.CopyAction, mime, left, NOTHING))
    stage.picture("depot")
    kind = QEvent.Type.Drop
    QApplication.sendEvent(onto, QDropEvent(QPointF(where), Qt.DropAction.CopyAction, mime, left, NOTHING, kind))


def _space(stage: Stage) -> Space:
    """One of hers that has a SIRET and may write."""
    able = [space for space in stage.services.portfolio.spaces() if space.siret and "contact" in space.rights]
    if not able:
        stage.miss("Aucun espace n’a de SIRET.")
    return able[0]


def choose_file(stage: Stage, name: str) -> None:
    """Clicks it in the list."""
    files = review_of(stage).files.list
    places = [place for place in range(files.model().rowCount()) if files.model().index(place, 0).data() == name]
    if not places:
        stage.miss(f"«\u00a0{name}\u00a0» n’est pas dans la liste.")
    index = files.model().index(places[0], 0)
    files.scrollTo(index)
    QTest.mouseClick(files.viewport(), Qt.MouseButton.LeftButton, NOTHING, files.visualRect(index).center())
    stage.until(
        lambda: (current := review_of(stage).files.current) is not None and current.name == name,
        f"«\u00a0{name}\u00a0» ne se choisit pas.",
    )


def see_what_is_wrong(stage: Stage) -> None:
    """What is no file of allowances, a sum that does not come out, lines that could not be read: each with its why."""
    choose_file(stage, papers.PHOTO)
    stage.until(lambda: stage.says("ne peut pas être lu"), "Le fichier illisible ne dit pas pourquoi.")
    stage.picture("fichier-illisible")
    choose_file(stage, papers.BPIJ_ZIP)
    stage.until(lambda: stage.says("dont 1 ne correspond pas"), "Le total inexact n’est pas dit.")
    stage.picture("total-inexact")
    choose_file(stage, papers.INSURER_CSV)
    rejected = review_of(stage).detail.rejected.rows
    stage.until(lambda: rejected.rowCount() == papers.REJECTED, "Les lignes rejetées ne sont pas montrées.")
    stage.picture("lignes-rejetees")


def teach(stage: Stage) -> None:
    """Says once what her own columns mean."""
    choose_file(stage, papers.UNTAUGHT_CSV)
    stage.press("Indiquer les colonnes", review_of(stage).detail)
    dialog = stage.find(Teaching, "")
    stage.until(lambda: stage.says("Il manque"), "Ce qui manque n’est pas dit.")
    for place, (_, meaning) in enumerate(MEANT):
        stage.pick(dialog.choices[place], meaning)
    stage.until(lambda: stage.says("Volet a ce qu’il lui faut"), "Les colonnes choisies ne suffisent pas.")
    stage.picture("colonnes-indiquees")
    stage.press("Lire le fichier", dialog)
    _settle(stage)
    taught = entry_of(stage, papers.UNTAUGHT_CSV)
    if taught.state is not State.READ or taught.file is None or taught.file.height != 3:
        stage.miss("Le tableau dont les colonnes sont indiquées n’est pas lu.")
    stage.picture("tableau-lu")


def correct(stage: Stage) -> None:
    """A letter O for a zero: what the line says stands there already, and only what is marked is typed anew."""
    choose_file(stage, papers.INSURER_CSV)
    stage.press("Corriger cette ligne", review_of(stage).detail)
    dialog = stage.find(Correcting, "")
    marked = [name for name, box in dialog.boxes.items() if box.complaint]
    if marked != ["gross"]:
        stage.miss("Ce qui est illisible n’est pas seul marqué.")
    stage.write("514,80", dialog.boxes["gross"].field)
    stage.write("Lettre O tapée pour un zéro", dialog.reason)
    stage.picture("ligne-a-corriger")
    stage.press("Enregistrer la correction", dialog)
    stage.until(lambda: not review_of(stage).findChildren(Correcting), "La correction n’est pas enregistrée.")
    _settle(stage)
    file = entry_of(stage, papers.INSURER_CSV).file
    if file is None or len(file.rejected) != papers.REJECTED - 1 or len(file.corrections) != 1:
        stage.miss("La ligne corrigée compte encore comme rejetée.")
    stage.picture("ligne-corrigee")


def _settle(stage: Stage) -> None:
    review = review_of(stage)
    stage.until(lambda: review.loader.settled, "La vérification ne finit pas.")
    stage.until(lambda: review.reviewed is not None and points(review.reviewed), "La vérification ne relève plus rien.")
