"""The portal goes, and comes back; the adviser answers; two people write at once."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from desktop.services.contact import Delivery, Pill, RequestRow
from desktop.services.sync import LinkState
from desktop.tour.stage import CONTROL, Stage
from desktop.tour.writing import answered
from desktop.views.contact.pill import FACES
from desktop.views.waiting import Card


def answer_arrives(stage: Stage) -> None:
    """Noticed without looking for it: the other request is open while it comes."""
    number = stage.row.file_number or ""
    request_id = stage.row.request_id
    stage.open_row(lambda row: row.request_id != request_id, "Une autre demande")
    stage.adviser("reply", number, "Bonjour Madame Martin,\n\nMerci pour ce justificatif. Le versement part demain.")
    stage.until(lambda: stage.row_of(request_id).unread > 0, "La réponse du conseiller n’arrive pas.")
    stage.picture("reponse-arrivee")
    stage.open_row(lambda row: row.request_id == request_id, "La demande répondue")
    stage.until(lambda: stage.says("Le versement part demain"), "La réponse du conseiller ne se lit pas.")
    stage.until(
        lambda: all(row.unread == 0 for row in stage.rows() if row.request_id == request_id),
        "La réponse lue reste non lue.",
    )
    if stage.reading.head.pill.label != FACES[Pill.ANSWERED].label or stage.row.pill is not Pill.ANSWERED:
        stage.miss("La liste et la demande ouverte ne disent pas toutes deux «\u00a0Réponse reçue\u00a0».")
    stage.picture("reponse-lue")


def lose_the_portal(stage: Stage) -> None:
    """One banner with the date of the last synchronisation; no dialog."""
    stage.child.stop()
    stage.until(lambda: stage.services.sync.link.state is LinkState.OFFLINE, "La coupure n’est pas remarquée.")
    stage.until(stage.workplace.link.isVisible, "Le bandeau «\u00a0Hors connexion\u00a0» n’apparaît pas.")
    stage.picture("hors-connexion")


def write_without_it(stage: Stage) -> None:
    """Whatever is done waits, visibly."""
    stage.open_row(answered, "Une demande en cours")
    stage.write("Bonjour, voici l’information que vous demandiez.", stage.reading.composer.text)
    stage.key(Qt.Key.Key_Return, CONTROL)
    stage.until(
        lambda: stage.reading.conversation.bubbles[-1].message.delivery is Delivery.WAITING,
        "L’envoi n’est pas en attente.",
    )
    stage.picture("ecrit-hors-connexion")
    stage.click(stage.workplace.foot.waiting)
    stage.find(Card, "")
    stage.picture("en-attente")


def come_back(stage: Stage) -> None:
    """It leaves by itself."""
    stage.restart_portal()
    stage.until(stage.delivered, "Ce qui attendait n’est pas parti.")
    stage.until(stage.in_step, "La liaison ne revient pas.")
    stage.until(lambda: not stage.workplace.link.isVisible(), "Le bandeau ne s’efface pas.")
    stage.picture("rien-en-attente")
    stage.workplace.show_contact()
    stage.picture("de-nouveau-en-ligne")


def conflict(stage: Stage) -> None:
    """What the reply was based on has changed meanwhile: both are shown, the person chooses."""
    row: RequestRow = stage.open_row(answered, "Une demande en cours")
    stage.child.stop()
    stage.until(lambda: stage.services.sync.link.state is LinkState.OFFLINE, "La coupure n’est pas remarquée.")
    stage.write("Bonjour, où en est ce dossier\u202f?", stage.reading.composer.text)
    stage.key(Qt.Key.Key_Return, CONTROL)
    stage.adviser("close", row.file_number or "")
    stage.restart_portal()
    stage.until(
        lambda: any(bubble.message.delivery is Delivery.CONFLICT for bubble in stage.reading.conversation.bubbles),
        "Le conflit n’est pas montré.",
    )
    stage.picture("a-revoir")
    stage.click(stage.workplace.foot.waiting)
    stage.find(QPushButton, "Envoyer quand même", stage.find(Card, ""))
    stage.picture("a-revoir-en-attente")


def insist(stage: Stage) -> None:
    stage.press("Envoyer quand même", stage.workplace.waiting)
    stage.until(stage.delivered, "L’envoi confirmé ne part pas.")
    stage.workplace.show_contact()
    stage.until(lambda: not stage.row.closed, "La demande n’est pas rouverte.")
