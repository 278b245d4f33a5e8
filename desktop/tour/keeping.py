"""One's own account on this computer: how it begins, what is set about it, and the lock."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desktop.tour.stage import CONTROL, Stage
from desktop.views.account.sheet import AccountSheet
from desktop.views.signin.creating import Creating


def begin_an_account(stage: Stage) -> None:
    """From the page where one signs in, and back again."""
    stage.press("Créer un compte")
    stage.find(Creating, "")
    stage.write("552100554", stage.find(QLineEdit, "SIREN ou SIRET"))
    stage.write("contact@entreprise.fr", stage.find(QLineEdit, "Adresse e-mail professionnelle"))
    stage.press("Continuer")
    stage.until(lambda: stage.says("semble partagée"), "Une adresse partagée n’est pas refusée.")
    stage.picture("creer-un-compte")
    stage.press("Retour")


def see_ones_account(stage: Stage) -> None:
    """The second factor is begun as far as its QR code, then given up."""
    account = stage.child.account
    if account is None:
        return
    menu = stage.open_menu(stage.workplace.account)
    stage.choose(menu, "Mon compte")
    sheet = stage.find(AccountSheet, "")
    stage.until(lambda: sheet.devices.rows, "Les ordinateurs ne sont pas dits.")
    stage.press("Activer", sheet)
    stage.write(account.password, stage.find(QLineEdit, "Mot de passe", sheet))
    stage.press("Continuer", sheet)
    stage.until(sheet.factor.scan.isVisible, "Le code QR n’est pas montré.")
    stage.picture("double-authentification")
    stage.press("Annuler", sheet)
    stage.press("Fermer", sheet)


def lock_and_unlock(stage: Stage) -> None:
    """With what was typed in this run: the portal is not needed."""
    account = stage.child.account
    if account is None:
        return
    stage.key(Qt.Key.Key_L, CONTROL)
    stage.until(lambda: stage.window.covered, "Volet ne se verrouille pas.")
    stage.write(account.password, stage.find(QLineEdit, "Mot de passe"))
    stage.picture("verrouille")
    stage.press("Déverrouiller")
    stage.until(lambda: not stage.window.covered, "Volet ne se déverrouille pas.")
