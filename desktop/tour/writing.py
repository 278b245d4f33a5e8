"""Answering: with a file, taken back, sent; and the document that the insurer waits for."""

from typing import Final

from PySide6.QtCore import Qt

from desktop.services.contact import Delivery, Pill, RequestRow
from desktop.tour.stage import CONTROL, Stage

REPLY: Final = (
    "Bonjour,\n\nVous trouverez ci-joint le justificatif. Pouvez-vous me confirmer la date du versement\u202f?\n\n"
    "Merci de votre aide,\nClaire Martin"
)


def answered(row: RequestRow) -> bool:
    """One of her own that is open, about benefits."""
    return row.mine and not row.closed and not row.former and "prestations" in row.theme


def reply_with_a_file(stage: Stage) -> None:
    """The text, and a file by the button."""
    stage.open_row(answered, "Une demande en cours")
    composer = stage.reading.composer
    stage.write(REPLY, composer.text)
    paper = stage.paper("justificatif-ijss.pdf", "Décompte d’indemnités journalières")
    stage.pick_file(paper, composer.attach.click)
    stage.until(lambda: composer.strip.files, "Le fichier joint n’apparaît pas.")
    stage.picture("reponse")


def take_back(stage: Stage) -> None:
    """« Annuler l’envoi »: the message is there at once, then it is a draft again, whole."""
    composer = stage.reading.composer
    stage.click(composer.text)
    stage.key(Qt.Key.Key_Return, CONTROL)
    last = stage.reading.conversation.bubbles[-1]
    if last.message.delivery is not Delivery.HELD:
        stage.miss("Le message envoyé n’apparaît pas aussitôt.")
    stage.until(lambda: stage.says("Envoi dans"), "Le délai d’annulation ne se lit pas.")
    stage.picture("envoi-annulable")
    stage.press("Annuler l’envoi", stage.reading)
    stage.until(lambda: composer.text.toPlainText() == REPLY, "Le texte n’est pas revenu.")
    stage.until(lambda: composer.strip.files, "Le fichier n’est pas revenu.")
    stage.picture("envoi-annule")


def send(stage: Stage) -> None:
    before = len(stage.reading.conversation.bubbles)
    stage.press("Envoyer", stage.reading.composer)
    stage.until(stage.delivered, "Le message ne part pas.")
    stage.until(
        lambda: len(stage.reading.conversation.bubbles) == before + 1, "Le message envoyé est absent ou double."
    )
    stage.until(
        lambda: stage.reading.conversation.bubbles[-1].message.delivery is Delivery.SENT, "L’envoi n’est pas confirmé."
    )
    stage.picture("envoye")


def send_the_awaited_document(stage: Stage) -> None:
    """« Close » told honestly: which document is awaited, and sent from there."""
    row = stage.open_row(lambda row: row.pill is Pill.AWAITED, "Une demande close en attente d’un document")
    stage.until(lambda: stage.reading.closure.buttons, "Le document attendu n’est pas nommé.")
    stage.until(lambda: stage.says("Envoyer ce document"), "Le document attendu ne peut pas être envoyé de là.")
    stage.picture("document-attendu")
    button = next(iter(stage.reading.closure.buttons.values()))
    stage.pick_file(stage.paper("document-demande.pdf", "Le document demandé"), button.click)
    stage.until(lambda: stage.reading.composer.strip.files, "Le document joint n’apparaît pas.")
    stage.picture("document-joint")
    stage.press("Envoyer", stage.reading.composer)
    stage.until(stage.delivered, "Le document ne part pas.")
    stage.until(lambda: not stage.row_of(row.request_id).closed, "La demande n’est pas rouverte.")
    stage.picture("demande-rouverte")
