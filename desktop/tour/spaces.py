"""Several companies, the former space, and what one asks of the insurer about them."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit

from desktop.services.portfolio import AdminStep, FormerHint
from desktop.tour.stage import CONTROL, NOTHING, Stage
from desktop.views.window.selector import SelectorList


def choose(stage: Stage, words: str) -> None:
    """By typing a part of the name or of the number, and Entrée."""
    stage.click(stage.workplace.selector)
    popup = stage.find(SelectorList, "Choisir une entreprise")
    stage.write(words, popup.search)
    stage.until(lambda: popup.entries.rowCount() == 1, f"«\u00a0{words}\u00a0» ne trouve pas l’espace.")
    stage.picture("choix-de-l-espace")
    stage.key(Qt.Key.Key_Return)
    stage.until(lambda: not popup.isVisible(), "La liste des espaces ne se ferme pas.")


def see_all(stage: Stage) -> None:
    """« Toutes mes entreprises », at the head of the list."""
    stage.click(stage.workplace.selector)
    popup = stage.find(SelectorList, "Choisir une entreprise")
    stage.until(lambda: popup.entries.rowCount() > 1, "La liste des espaces est vide.")
    first = popup.list.visualRect(popup.entries.index(0, 0))
    QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, NOTHING, first.center())
    stage.until(lambda: stage.workplace.space_id is None, "Toutes les entreprises ne sont pas montrées.")


def jump_to_the_former_space(stage: Stage) -> None:
    """Where the requests of the former space are, and the way there."""
    portfolio = stage.services.portfolio
    here = next((s for s in portfolio.spaces() if portfolio.former(s.space_id).hint is FormerHint.ELSEWHERE), None)
    if here is None:
        stage.miss("Aucun espace ne renvoie à l’ancien espace client.")
    choose(stage, here.member_number)
    stage.until(lambda: stage.workplace.space_id == here.space_id, "L’espace choisi n’est pas montré.")
    stage.until(stage.pane.note.isVisible, "L’explication de l’ancien espace n’apparaît pas.")
    stage.picture("ancien-espace")
    stage.press("Voir ces demandes", stage.pane)
    stage.until(
        lambda: stage.rows() and all(row.former for row in stage.rows()),
        "Les demandes de l’ancien espace n’apparaissent pas.",
    )
    stage.picture("ancien-espace-demandes")
    stage.press("Tout effacer", stage.pane)


def new_request(stage: Stage) -> None:
    """The form comes from the portal's catalogue, and says what is missing beside each field."""
    stage.key(Qt.Key.Key_N, CONTROL)
    form = stage.workplace.contact.form
    stage.until(form.isVisible, "Le formulaire ne s’ouvre pas.")
    stage.pick(form.topic.theme, "prévoyance")
    stage.pick(form.topic.topic, "arrêt de travail")
    stage.until(lambda: stage.says("Dernier jour travaillé"), "Les champs du sous-thème n’apparaissent pas.")
    stage.write("Camille Lefèvre", stage.find(QLineEdit, "Nom et prénom", form))
    stage.picture("nouvelle-demande")
    stage.click(form.send_button)
    stage.until(
        lambda: stage.says("obligatoire") or stage.says("Indiquez"),
        "Ce qui manque n’est pas dit.",
    )
    stage.picture("nouvelle-demande-incomplete")
    stage.key(Qt.Key.Key_Escape)


def become_administrator(stage: Stage) -> None:
    stage.choose(stage.open_menu(stage.workplace.account), "Devenir administrateur")
    dialog = stage.find(QDialog, "Devenir administrateur")
    paths = stage.services.portfolio.admin_paths()
    if not any(path.step is AdminStep.ASK_CONTACT for path in paths):
        stage.miss("Aucun espace n’est à l’étape 2.")
    stage.until(lambda: stage.says("Étape"), "L’étape qui s’applique n’est pas dite.")
    stage.picture("devenir-administrateur")
    stage.press("Préparer la demande", dialog)
    stage.until(stage.workplace.contact.form.isVisible, "La demande n’est pas préparée.")
    stage.picture("demande-preparee")
    stage.key(Qt.Key.Key_Escape)


def add_a_space(stage: Stage) -> None:
    stage.click(stage.workplace.selector)
    stage.press("Ajouter un espace")
    dialog = stage.find(QDialog, "Ajouter un espace")
    field = stage.find(QPlainTextEdit, "", dialog)
    stage.write("73282932000074\n12345678901234", field)
    stage.until(lambda: stage.says("12345678901234"), "Le numéro impossible n’est pas signalé.")
    stage.picture("ajouter-un-espace")
    stage.key(Qt.Key.Key_Escape, NOTHING)
