"""Signing in, finding one's way in the list, reading."""

import re
import unicodedata
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.services.contact import Pill, RequestRow
from desktop.tour.stage import CONTROL, SIZE, Stage
from desktop.views.contact.attachments import FileChip
from desktop.views.contact.filters import FilterSheet
from desktop.views.signin import SignIn
from desktop.views.viewer import PdfPane, Viewer

PAPER: Final = 8
"""Colours in a window that shows a sheet with nothing on it, and its surroundings; letters have many more."""
ACCENTED: Final = re.compile(r"\bM(?:me|\.|lle)\s((?=\w*[éèêëïîôçÉ])\w+)")


def start(stage: Stage) -> None:
    """The portal is made ready, then the window opens."""
    stage.child.start()
    stage.until(
        lambda: stage.child.address and stage.child.account, "Le portail de démonstration ne démarre pas.", 120_000
    )
    stage.enter()
    stage.window.resize(SIZE)
    stage.until(lambda: isinstance(stage.window.page, SignIn), "La page de connexion n’apparaît pas.")


def sign_in(stage: Stage) -> None:
    account = stage.child.account
    if account is None:
        return
    stage.write(account.email, stage.find(QLineEdit, "Adresse e-mail"))
    stage.write(account.password, stage.find(QLineEdit, "Mot de passe"))
    stage.picture("connexion")
    stage.key(Qt.Key.Key_Return)
    stage.until(lambda: stage.app.workplace is not None, "La connexion n’aboutit pas.")


def first_list(stage: Stage) -> None:
    stage.until(stage.rows, "Aucune demande n’arrive.")
    stage.until(stage.in_step, "La première synchronisation ne finit pas.")
    stage.until(stage.all_listed, "La liste n’est pas entière.")
    stage.until(lambda: stage.says("Synchronisé"), "L’état de la liaison n’est pas dit.")
    stage.picture("liste")


def search(stage: Stage) -> None:
    """Without accents or case, as one types: the name of somebody who has accents."""
    named = next((found.group(1) for row in stage.rows() if (found := ACCENTED.search(row.subject))), "")
    plain = "".join(char for char in unicodedata.normalize("NFD", named.lower()) if not unicodedata.combining(char))
    stage.key(Qt.Key.Key_F, CONTROL)
    stage.write(plain)
    stage.until(
        lambda: stage.rows() and not stage.all_listed(), f"La recherche «\u00a0{plain}\u00a0» ne trouve rien, ou tout."
    )
    if not any(named in row.subject for row in stage.rows()):
        stage.miss(f"La recherche «\u00a0{plain}\u00a0» ne trouve pas {named}.")
    stage.picture("recherche")
    stage.key(Qt.Key.Key_Escape)
    stage.until(stage.all_listed, "Échap n’efface pas la recherche.")


def sort_out(stage: Stage) -> None:
    """« Filtres (1) »: what it opens, then what it leaves."""
    stage.click(stage.pane.filters.button)
    sheet = stage.find(FilterSheet, "Filtres")
    stage.tick("Avec pièces jointes", sheet)
    stage.until(lambda: stage.rows() and not stage.all_listed(), "Le filtre ne retient rien, ou tout.")
    stage.picture("filtres")
    stage.press("Fermer", sheet)
    stage.until(lambda: stage.says("Filtres (1)"), "«\u00a0Filtres (1)\u00a0» ne se lit pas.")
    stage.picture("liste-filtree")
    stage.press("Tout effacer")
    stage.until(stage.all_listed, "«\u00a0Tout effacer\u00a0» ne rend pas toutes les demandes.")


def talked_about(row: RequestRow) -> bool:
    """A conversation worth reading: an answer, and files."""
    return row.pill is Pill.ANSWERED and row.files > 0


def read_a_request(stage: Stage) -> None:
    stage.open_row(talked_about, "Une demande avec une réponse et des pièces jointes")
    stage.picture("conversation")
    stage.until(lambda: stage.row.unread == 0, "La demande lue reste non lue.")


def open_attachment(stage: Stage) -> None:
    """A PDF, read in the window, from memory."""
    row = stage.open_row(lambda row: row.files > 0 and stage.pdf_of(row.request_id), "Une demande avec un PDF")
    chip = next(chip for chip in stage.reading.findChildren(FileChip) if chip.file.name.lower().endswith(".pdf"))
    stage.reading.conversation.ensureWidgetVisible(chip)
    stage.click(chip)
    viewer = stage.find(Viewer, "")
    stage.until(lambda: pages(viewer) > 0, f"Le PDF de la demande {row.file_number} ne s’affiche pas.")
    stage.picture("piece-jointe", partial(printed, viewer))
    stage.press("Fermer", viewer)
    stage.until(lambda: not viewer.isVisible(), "La pièce jointe ne se ferme pas.")


def pages(viewer: Viewer) -> int:
    """How many pages of a PDF are shown; 0 for what is none."""
    return viewer.pane.document.pageCount() if isinstance(viewer.pane, PdfPane) else 0


def printed(viewer: Viewer) -> bool:
    """The page is on the screen: it is drawn on a thread of its own, and white until then."""
    if not isinstance(viewer.pane, PdfPane):
        return False
    sheet = viewer.pane.view.viewport().grab().toImage()
    inks = {sheet.pixel(x, y) for y in range(0, sheet.height(), 3) for x in range(0, sheet.width(), 3)}
    return len(inks) > PAPER
