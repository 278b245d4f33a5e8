"""Users and their rights: who is there, somebody more, and a change that is seen before it is applied."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from contract.portfolio import Right
from desktop.tour.stage import CONTROL, NOTHING, Stage
from desktop.views.users.page import UsersPage
from desktop.views.users.review import Review

_PERSON = "jeanne.morel@exemple.fr"


def see_users(stage: Stage) -> None:
    """Who administers nothing is told why, and led on. Once the insurer has given her the role, those to look at again
    stand apart."""
    stage.key(Qt.Key.Key_3, CONTROL)
    page = _page(stage)
    stage.until(page.closed.isVisible, "Rien ne dit pourquoi elle n’administre personne.")
    stage.picture("utilisateurs-sans-le-role")
    _tell(stage, "grant")
    stage.until(page.list.table.rows.rowCount, "Les utilisateurs n’apparaissent pas.")
    page.list.table.select(0)
    stage.until(page.detail.head.isVisible, "La fiche d’un utilisateur ne s’ouvre pas.")
    stage.picture("utilisateurs")


def add_a_user(stage: Stage) -> None:
    """From the top of the window; the summary comes before anything leaves."""
    stage.press("Ajouter un utilisateur", stage.workplace.top)
    page = _page(stage)
    stage.until(page.form.isVisible, "Le formulaire ne s’ouvre pas.")
    for label, text in (("Prénom", "Jeanne"), ("Nom", "Morel"), ("Adresse e-mail", _PERSON)):
        stage.write(text, stage.find(QLineEdit, label, page.form))
    page.form.rights.boxes[Right.CONTACT].setFocus()
    QTest.keyClick(page.form.rights.boxes[Right.CONTACT], Qt.Key.Key_Space)
    first, *_ = page.form.spaces.rows.places
    stage.write(first.member_number, page.form.spaces.search)
    stage.until(lambda: len(page.form.spaces.rows.shown) == 1, "L’espace cherché n’est pas trouvé.")
    stage.press("Cocher ce qui est affiché", page.form)
    stage.picture("ajouter-un-utilisateur")
    stage.press("Continuer", page.form)
    stage.until(lambda: stage.says("Vérifiez avant l’envoi"), "Le récapitulatif n’apparaît pas.")
    stage.picture("ajouter-un-utilisateur-recapitulatif")
    stage.press("Envoyer l’invitation", page.form)
    stage.until(page.detail.isVisible, "L’invitation n’est pas partie.")
    stage.until(stage.delivered, "L’invitation n’arrive pas au portail.")
    stage.picture("utilisateur-invite")


def change_rights(stage: Stage) -> None:
    """By the keyboard alone: Espace gives, and the change is seen before it is applied."""
    page = _page(stage)
    stage.press("Changer ses droits", page)
    grid = page.matrix.grid
    stage.until(grid.cells.rowCount, "La matrice est vide.")
    for _ in range(2):
        stage.key(Qt.Key.Key_Right, NOTHING)
        stage.key(Qt.Key.Key_Space, NOTHING)
    stage.until(page.matrix.foot.isVisible, "Le changement n’est pas annoncé.")
    stage.picture("matrice-des-droits")
    stage.press("Voir et appliquer", page)
    sheet = stage.find(Review, "Voici ce qui va changer")
    stage.picture("avant-apres")
    stage.press("Appliquer", sheet)
    stage.until(stage.delivered, "Le changement n’arrive pas au portail.")
    stage.press("Journal", page)
    stage.until(lambda: page.journal.table.entries, "Le journal est vide.")
    stage.picture("journal-des-droits")


def lose_a_right(stage: Stage) -> None:
    """What vanishes is told, with whom to ask."""
    _tell(stage, "withdraw")
    stage.until(lambda: stage.workplace.strips.lost.sentence, "Rien ne dit quel droit a été retiré.")
    stage.picture("droit-retire")
    stage.press("J’ai compris", stage.workplace.strips)
    stage.key(Qt.Key.Key_1, CONTROL)


def _tell(stage: Stage, verb: str) -> None:
    """The insurer gives or takes the role of an administrator, in the space that is shown."""
    account, portfolio = stage.child.account, stage.services.portfolio
    space = portfolio.space(stage.workplace.space_id or "") or next(iter(portfolio.spaces()), None)
    if account is None or space is None:
        stage.miss("Aucun espace n’est connu.")
    stage.adviser(verb, account.email, space.member_number, Right.USERS.value)
    stage.key(Qt.Key.Key_F5)


def _page(stage: Stage) -> UsersPage:
    tab = stage.workplace.users
    stage.until(lambda: tab.page, "Les utilisateurs ne s’ouvrent pas.")
    if tab.page is None:
        stage.miss("Les utilisateurs ne s’ouvrent pas.")
    return tab.page
