"""What the portal does not allow, or no longer: a request refused for good, and a session that is over."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton

from desktop.services.contact import Pill
from desktop.services.outbox import WishState
from desktop.services.sync import LinkState
from desktop.tour.stage import CONTROL, Stage
from desktop.tour.writing import answered
from desktop.views.signin import SignIn
from desktop.views.waiting import Card

CONTRIBUTIONS: Final = "contributions"
MESSAGE: Final = "Bonjour,\n\nNous changeons de banque le 1er décembre. Faut-il un nouveau mandat\u202f?"
HALF: Final = "Bonjour,\n\nL’arrêt de travail est prolongé jusqu’au"


def refused(stage: Stage) -> None:
    """A right is withdrawn while she writes. The portal says no, and why; her text is where she left it."""
    space = stage.services.portfolio.spaces()[0]
    account = stage.child.account
    if account is None:
        return
    stage.key(Qt.Key.Key_N, CONTROL)
    form = stage.workplace.contact.form
    stage.until(form.isVisible, "Le formulaire ne s’ouvre pas.")
    stage.pick(form.space, space.member_number)
    stage.pick(form.topic.theme, "cotisations")
    stage.pick(form.topic.topic, "Mandat SEPA")
    stage.write(MESSAGE, form.text)
    stage.press("Envoyer", form)
    stage.adviser("withdraw", account.email, space.member_number, CONTRIBUTIONS)
    stage.until(
        lambda: any(each.state is WishState.REFUSED for each in stage.services.outbox.waiting()),
        "Le portail ne refuse pas l’envoi.",
    )
    stage.until(
        lambda: any(row.pill is Pill.REFUSED for row in stage.rows()), "La liste ne dit pas que l’envoi est refusé."
    )
    stage.open_row(lambda row: row.pill is Pill.REFUSED, "La demande refusée")
    stage.until(lambda: stage.says("droit nécessaire"), "La raison du refus n’est pas dite où l’on a écrit.")
    stage.picture("refus")
    stage.click(stage.workplace.foot.waiting)
    card = stage.find(Card, "")
    stage.until(lambda: stage.says("droit nécessaire"), "La raison du refus n’est pas dite.")
    stage.find(QPushButton, "Modifier et renvoyer", card)
    stage.picture("refus-en-attente")


def put_right(stage: Stage) -> None:
    """The right is given back; what was written is sent from there, as it was."""
    account = stage.child.account
    if account is None:
        return
    space = stage.services.portfolio.spaces()[0]
    stage.adviser("grant", account.email, space.member_number, CONTRIBUTIONS)
    stage.until(
        lambda: CONTRIBUTIONS in stage.services.portfolio.spaces()[0].rights, "Le droit rendu n’est pas remarqué."
    )
    stage.press("Modifier et renvoyer", stage.workplace.waiting)
    form = stage.workplace.contact.form
    stage.until(lambda: form.isVisible() and form.text.toPlainText() == MESSAGE, "Le texte refusé n’est pas revenu.")
    stage.picture("refus-repris")
    stage.press("Envoyer", form)
    stage.until(stage.delivered, "L’envoi corrigé ne part pas.")


def session_over(stage: Stage) -> None:
    """The portal ends the session while she writes: a strip says so, and the text stays."""
    stage.open_row(answered, "Une demande en cours")
    stage.write(HALF, stage.reading.composer.text)
    stage.end_session()
    stage.until(
        lambda: stage.services.sync.link.state is LinkState.SIGN_IN_NEEDED, "La fin de la session n’est pas remarquée."
    )
    stage.find(QPushButton, "Se connecter", stage.workplace.strips)
    _still_there(stage)
    stage.picture("session-terminee")


def sign_in_again(stage: Stage) -> None:
    """In place, by her password alone; then the text goes on where it stopped."""
    account = stage.child.account
    if account is None:
        return
    stage.press("Se connecter", stage.workplace.strips)
    page = stage.find(SignIn, "")
    stage.write(account.password, stage.find(QLineEdit, "Mot de passe", page))
    stage.picture("reconnexion")
    stage.key(Qt.Key.Key_Return)
    stage.until(stage.in_step, "La reconnexion n’aboutit pas.")
    stage.until(stage.reading.composer.isVisible, "La demande n’est plus ouverte.")
    _still_there(stage)
    stage.picture("reconnectee")


def _still_there(stage: Stage) -> None:
    if stage.reading.composer.text.toPlainText() != HALF:
        stage.miss("Le texte commencé est perdu.")
