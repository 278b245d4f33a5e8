"""The reading pane: head, conversation, « close » told honestly, and what is read."""

import itertools
import threading
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from contract.contact import ReadMarkRecord, SendMessage
from contract.wire import ProblemKind
from desktop.services.contact import Delivery, Draft
from desktop.services.downloads import DownloadState
from desktop.services.outbox import WishState
from desktop.services.problems import Refused
from desktop.views.contact.page import ContactPage
from desktop.views.contact.pill import FACES
from desktop.views.opening import Appearance
from desktop.views.printing import Preview
from desktop.views.tokens import Look
from desktop.views.viewer import Viewer
from tests.views.contact.conftest import Office
from tests.views.contact.world import BREST, QUIMPER, file, me

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLAIRE, JULIE = "Claire Martin", "Julie Renaud"


def texts(page: ContactPage) -> list[str]:
    return [bubble.message.text for bubble in page.reading.conversation.bubbles]


def test_head_says_which_request_it_is(office: Office, page: ContactPage) -> None:
    request_id = office.world.request("7611111", mine=False, said=[(CLAIRE, "Bonjour", 3 * DAY)])
    page.open_request(request_id)
    head = page.reading.head
    assert head.theme.text() == "Mes prestations de prévoyance"
    assert head.meta.text() == "Dossier n°\u00a07611111 · Émise le 21\u00a0novembre\u00a02026 par Mehdi Benali"
    assert head.pill.label == "Demande reçue"
    assert head.place.text() == "Ateliers Morvan SAS · adhérent n°\u00a0200311"
    former = office.world.request("6500311", space=QUIMPER, origin="former", said=[(CLAIRE, "Bonjour", 400 * DAY)])
    page.open_request(former)
    assert head.place.text().endswith("ancien espace client")


def test_a_low_window_still_says_for_whom_one_answers(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request("7611111", mine=False, said=[(CLAIRE, "Bonjour", 3 * DAY)])
    page.open_request(request_id)
    page.resize(1000, 560)
    head = page.reading.head
    qtbot.waitUntil(lambda: not head.place.isVisible())
    assert head.meta.text() == "Ateliers Morvan SAS · adhérent n°\u00a0200311"
    assert head.meta.fontMetrics().horizontalAdvance(head.meta.text()) <= head.meta.width()
    assert head.subject.text().startswith("Dossier n°\u00a07611111 · ")
    page.resize(1072, 740)
    qtbot.waitUntil(head.place.isVisible)
    assert head.meta.text().startswith("Dossier n°\u00a07611111 · Émise le")


def test_head_and_row_agree_once_read(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY), (JULIE, "Voici", HOUR)], read=False)
    page.open_request(request_id)

    def agree() -> bool:
        row, sheet = page.list.table.rows.row(0), office.contact.sheet(request_id)
        assert sheet is not None
        label = FACES[sheet.row.pill].label
        return (
            row is not None and sheet.row.unread == 0 and page.reading.head.pill.label == label == FACES[row.pill].label
        )

    qtbot.waitUntil(agree)


def test_messages_are_plain_text(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    text = 'Voir <a href="https://exemple.example">ici</a> & <img src="x.png">\u202f? <b>1\u202f234,56\u00a0€</b>'
    request_id = office.world.request(said=[(JULIE, text, HOUR)])
    page.open_request(request_id)
    bubble = page.reading.conversation.bubbles[0]
    label = bubble.findChildren(QLabel)[0]
    assert not label.openExternalLinks()
    assert not label.textInteractionFlags() & Qt.TextInteractionFlag.LinksAccessibleByMouse
    label.setSelection(0, len(text))
    assert label.selectedText().replace("\u2028", "\n") == text
    bubble.copy()
    assert QApplication.clipboard().text() == text
    label.setSelection(0, 0)
    qtbot.keyClick(bubble, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().startswith("Julie Renaud · votre assureur, le 24\u00a0novembre\u00a02026 à ")
    assert bubble.accessibleName().endswith(".")


def test_is_read_once_it_has_been_seen(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY), (JULIE, "Voici", HOUR)], read=False)
    page.open_request(request_id)
    sheet = office.contact.sheet(request_id)
    assert sheet is not None
    assert sheet.row.unread == 1

    def unread() -> int:
        sheet = office.contact.sheet(request_id)
        assert sheet is not None
        return sheet.row.unread

    qtbot.waitUntil(lambda: unread() == 0)
    page.reading.mark_unread()
    assert unread() == 1
    office.world.answer(request_id, "Encore", 3)
    assert unread() == 2
    assert not page.reading._reader.isActive(), "left unread on purpose: not read again behind the clerk's back"


def test_days_bubbles_and_the_earlier_ones(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    said = [(JULIE if n % 3 else CLAIRE, f"Message {n}", (200 - n) * HOUR) for n in range(200)]
    request_id = office.world.request(said=said)
    page.open_request(request_id)
    conversation = page.reading.conversation
    qtbot.waitUntil(lambda: conversation.verticalScrollBar().maximum() > 0)
    qtbot.waitUntil(lambda: texts(page) == [f"Message {n}" for n in range(170, 200)])
    bar = conversation.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bubbles = conversation.bubbles
    tops = [bubble.y() for bubble in bubbles]
    assert tops == sorted(tops)
    for one, other in itertools.pairwise(bubbles):
        assert one.geometry().bottom() < other.y()
    first = bubbles[0]
    seen = first.mapTo(conversation, first.rect().topLeft()).y()
    conversation.show_earlier()
    qtbot.waitUntil(lambda: texts(page)[0] == "Message 140")
    assert first.mapTo(conversation, first.rect().topLeft()).y() == seen
    for _ in range(5):
        conversation.show_earlier()
    qtbot.waitUntil(lambda: len(texts(page)) == 200)


def test_starts_at_the_first_unread_message(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    said = [(CLAIRE, "Ligne\n" * 12, (60 - n) * HOUR) for n in range(20)]
    said += [(JULIE, "Réponse\n" * 30, HOUR), (JULIE, "Fin\n" * 30, HOUR)]
    request_id = office.world.request(said=said, read=False)
    office.world.put(ReadMarkRecord(request_id, BREST, 20))
    page.open_request(request_id)
    conversation = page.reading.conversation
    unread = conversation.bubbles[-2]
    assert unread.message.unread
    view = QRect(0, conversation.verticalScrollBar().value(), 1, conversation.viewport().height())
    qtbot.waitUntil(lambda: conversation.verticalScrollBar().value() > 0)
    view.moveTop(conversation.verticalScrollBar().value())
    assert view.top() <= unread.y() < view.top() + 80


def test_a_new_answer_leaves_the_other_bubbles_alone(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY), (JULIE, "Voici", HOUR)])
    page.open_request(request_id)
    before = page.reading.conversation.bubbles
    office.world.answer(request_id, "Autre chose", 3)
    after = page.reading.conversation.bubbles
    assert after[:2] == before
    assert after[2].message.text == "Autre chose"


def test_fields_of_the_form_stand_in_the_first_message(office: Office, page: ContactPage) -> None:
    request_id = office.world.request(
        said=[(CLAIRE, "Bonjour", DAY), (JULIE, "Reçu", HOUR)],
        fields=(("Salarié", "Lefèvre <b>"), ("Début", "03/02/2026")),
    )
    page.open_request(request_id)
    first, second = page.reading.conversation.bubbles
    assert first.fields == (("Salarié", "Lefèvre <b>"), ("Début", "03/02/2026"))
    assert second.fields == ()
    assert "Début\u00a0: 03/02/2026" in first.copied()


def test_close_is_told_honestly(office: Office, page: ContactPage) -> None:
    done = office.world.request("1", closed=True, said=[(CLAIRE, "Bonjour", 2 * DAY)])
    page.open_request(done)
    closure = page.reading.closure
    assert closure.isVisible()
    assert closure.title.text() == "Close – traitée le 22\u00a0novembre\u00a02026"
    assert closure.buttons == {}
    open_one = office.world.request("2", said=[(CLAIRE, "Bonjour", DAY)])
    page.open_request(open_one)
    assert not closure.isVisible()


def test_an_awaited_document_is_sent_from_there(
    office: Office, page: ContactPage, qtbot: QtBot, tmp_path: Path
) -> None:
    request_id = office.world.request(closed=True, awaited=["Attestation de salaire"], said=[(JULIE, "Il manque", DAY)])
    page.open_request(request_id)
    closure = page.reading.closure
    assert closure.title.text() == "Close – en attente d\u2019un document\u00a0: Attestation de salaire"
    assert "rouvre la demande" in closure.explanation.text()
    path = tmp_path / "attestation.pdf"
    path.write_bytes(b"%PDF-1.4 attestation")
    office.chosen.to_attach = (path,)
    (awaited_id,) = closure.buttons
    qtbot.mouseClick(closure.buttons[awaited_id], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(page.reading.composer.strip.files))
    assert page.reading.composer.draft().answers == (awaited_id,)
    assert not closure.buttons[awaited_id].isVisible()
    page.reading.send()
    (waiting,) = [wish for wish in office.outbox.waiting() if wish.request_id == request_id]
    wish = office.outbox.wish(waiting.wish_id)
    assert isinstance(wish, SendMessage)
    assert wish.answers == (awaited_id,)
    assert [one.name for one in wish.attachments] == ["attestation.pdf"]
    assert not closure.isVisible(), "sending opens the request again"


def test_two_awaited_documents_have_a_button_each(office: Office, page: ContactPage) -> None:
    request_id = office.world.request(closed=True, awaited=["Attestation", "RIB"], said=[(JULIE, "Il manque", DAY)])
    page.open_request(request_id)
    closure = page.reading.closure
    assert closure.title.text() == "Close – en attente de 2\u00a0documents"
    assert [button.accessibleName() for button in closure.buttons.values()] == [
        "Envoyer ce document\u00a0: Attestation",
        "Envoyer ce document\u00a0: RIB",
    ]


@pytest.fixture
def sent(office: Office, page: ContactPage) -> str:
    """A reply has just been sent; answers its wish's identifier."""
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY)])
    page.open_request(request_id)
    page.reading.composer.text.setPlainText("Ma réponse")
    page.reading.send()
    (waiting,) = office.outbox.waiting()
    return waiting.wish_id


def button(page: ContactPage, words: str) -> QPushButton:
    return next(one for one in page.reading.conversation.bubbles[-1].buttons if one.text() == words)


def test_undo_send_gives_back_the_latest_text(office: Office, page: ContactPage, qtbot: QtBot, sent: str) -> None:
    assert page.reading.conversation.bubbles[-1].message.delivery is Delivery.HELD
    page.reading.composer.text.setPlainText("Tapé depuis")
    qtbot.mouseClick(button(page, "Annuler l\u2019envoi"), Qt.MouseButton.LeftButton)
    assert page.reading.composer.text.toPlainText() == "Ma réponse\n\nTapé depuis"
    assert texts(page) == ["Bonjour"]
    assert office.outbox.waiting() == ()


def test_too_late_to_undo_says_so(office: Office, page: ContactPage, sent: str) -> None:
    assert office.outbox.sending(sent)
    button(page, "Annuler l\u2019envoi").click()
    assert page.reading._notice.sentence.startswith("Trop tard")


def refuse(office: Office, wish_id: str, kind: ProblemKind, sentence: str, status: int) -> None:
    office.outbox.sending(wish_id)
    office.outbox.refused(wish_id, Refused(sentence, kind=kind, status=status))


def test_a_refused_message_offers_its_remedies(office: Office, page: ContactPage, qtbot: QtBot, sent: str) -> None:
    refuse(office, sent, ProblemKind.INVALID, "Ce texte est refusé.", 422)
    qtbot.waitUntil(lambda: page.reading.conversation.bubbles[-1].message.delivery is Delivery.REFUSED)
    assert [one.text() for one in page.reading.conversation.bubbles[-1].buttons] == [
        "Modifier et renvoyer",
        "Copier",
        "Abandonner",
    ]
    button(page, "Copier").click()
    assert QApplication.clipboard().text() == "Ma réponse"
    button(page, "Modifier et renvoyer").click()
    assert page.reading.composer.text.toPlainText() == "Ma réponse"
    assert office.outbox.waiting() == ()


def test_giving_up_is_confirmed_in_words(office: Office, page: ContactPage, qtbot: QtBot, sent: str) -> None:
    refuse(office, sent, ProblemKind.INVALID, "Ce texte est refusé.", 422)
    qtbot.waitUntil(lambda: page.reading.conversation.bubbles[-1].message.delivery is Delivery.REFUSED)
    button(page, "Abandonner").click()
    box = page.reading.findChild(QMessageBox)
    assert box is not None
    verbs = {one.text(): one for one in box.buttons()}
    assert set(verbs) == {"Abandonner le message", "Conserver"}
    assert len(office.outbox.waiting()) == 1
    verbs["Abandonner le message"].click()
    qtbot.waitUntil(lambda: office.outbox.waiting() == ())
    assert texts(page) == ["Bonjour"]


def test_a_conflict_says_what_changed_and_can_be_sent_anyway(
    office: Office, page: ContactPage, qtbot: QtBot, sent: str
) -> None:
    refuse(office, sent, ProblemKind.STALE, "La demande a été close depuis.", 412)
    qtbot.waitUntil(lambda: page.reading.conversation.bubbles[-1].message.delivery is Delivery.CONFLICT)
    bubble = page.reading.conversation.bubbles[-1]
    assert any(bubble.message.sentence == label.text() for label in bubble.findChildren(QLabel))
    button(page, "Envoyer quand même").click()
    (waiting,) = office.outbox.waiting()
    assert waiting.state in (WishState.QUEUED, WishState.HELD)
    wish = office.outbox.wish(waiting.wish_id)
    assert isinstance(wish, SendMessage)
    assert wish.base_version is None


def test_a_file_that_is_kept_opens_and_is_saved(
    office: Office, page: ContactPage, qtbot: QtBot, tmp_path: Path
) -> None:
    content = b"a;b\n1;2\n"
    office.shelf.stage_bytes("tableau.csv", content)
    request_id = office.world.request(said=[(JULIE, "Voici", HOUR)], files=[file("tableau.csv", content, "text/csv")])
    page.open_request(request_id)
    (chip,) = page.reading.conversation.bubbles[0].chips
    assert chip.kept
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.reading.findChild(Viewer) is not None)
    viewer = page.reading.findChild(Viewer)
    assert viewer is not None
    office.chosen.to_save = tmp_path / "copie.csv"
    chip._save()
    qtbot.waitUntil((tmp_path / "copie.csv").exists)
    assert (tmp_path / "copie.csv").read_bytes() == content
    assert office.chosen.asked == ["tableau.csv"]
    qtbot.waitUntil(lambda: viewer.notice.sentence == "Fichier enregistré\u00a0: copie.csv")
    assert viewer.notice.isVisible(), "it hides what is said above the conversation"
    viewer.close()


def test_no_search_waits_for_the_files_of_the_person(
    office: Office, page: ContactPage, qtbot: QtBot, tmp_path: Path
) -> None:
    content = b"a;b"
    office.shelf.stage_bytes("tableau.csv", content)
    page.open_request(office.world.request(said=[(JULIE, "Voici", HOUR)], files=[file("tableau.csv", content)]))
    (chip,) = page.reading.conversation.bubbles[0].chips
    (given := tmp_path / "donné.csv").write_bytes(content)
    office.chosen.to_attach, office.chosen.to_save = (given,), tmp_path / "copie.csv"
    slow = threading.Event()
    office.desk.errands.ask(page, slow.wait, what="a share that does not answer")
    qtbot.mouseClick(page.reading.composer.attach, Qt.MouseButton.LeftButton)
    chip._save()
    qtbot.waitUntil(lambda: office.desk.later.idle)
    assert page.reading.composer.strip.files == ()
    assert not (tmp_path / "copie.csv").exists()
    slow.set()
    qtbot.waitUntil((tmp_path / "copie.csv").exists)
    qtbot.waitUntil(lambda: len(page.reading.composer.strip.files) == 1)


def test_a_file_that_cannot_come_offers_to_try_again(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    content = b"%PDF-1.4 loin"
    attachment = file("loin.pdf", content)
    request_id = office.world.request(said=[(JULIE, "Voici", HOUR)], files=[attachment])
    page.open_request(request_id)
    (chip,) = page.reading.conversation.bubbles[0].chips
    assert not chip.kept
    assert chip.status == "13\u00a0octets"
    chip.click()

    def failed() -> bool:
        download = office.desk.downloads.state(attachment.sha256)
        return download is not None and download.state is DownloadState.FAILED

    qtbot.waitUntil(failed, timeout=20_000)
    qtbot.waitUntil(lambda: chip.status == "échec – réessayer")
    problem = office.desk.downloads.state(attachment.sha256).problem
    qtbot.waitUntil(lambda: chip.accessibleDescription() == problem.sentence)
    assert problem.sentence in unescape(chip.toolTip())
    said = f"«\u00a0loin.pdf\u00a0» n\u2019a pas pu être reçu. {problem.sentence}"
    qtbot.waitUntil(lambda: page.reading._notice.sentence == said)
    office.shelf.stage_bytes("loin.pdf", content)
    chip.click()
    qtbot.waitUntil(lambda: page.reading.findChild(Viewer) is not None)
    page.reading.findChild(Viewer).close()


def test_prints_black_on_white_in_the_dark_too(
    office: Office, page: ContactPage, qtbot: QtBot, tmp_path: Path, look: Look
) -> None:
    said = [(CLAIRE, "Bonjour <b>", DAY), (JULIE, "Réponse", HOUR)]
    request_id = office.world.request(theme="Thème <i>", said=said)
    look.choose(Appearance.DARK)
    page.open_request(request_id)
    page.print_current()
    preview = page.reading.findChild(Preview)
    assert preview is not None
    preview.save(str(tmp_path / "conversation.pdf"))
    preview.close()
    document = QPdfDocument()
    document.load(str(tmp_path / "conversation.pdf"))
    assert document.pageCount() == 1
    text = document.getAllText(0).text()
    for part in (
        "Thème <i>",
        "› Déclaration d",
        "Justificatif IJSS manquant",
        "7611111",
        "Bonjour <b>",
        "Réponse",
        "Page",
        "1/1",
    ):
        assert part in text
    picture = document.render(0, document.pagePointSize(0).toSize())
    inks = {picture.pixelColor(x, y).lightness() for x in range(0, picture.width(), 2) for y in range(picture.height())}
    assert min(inks) < 60
    assert picture.pixelColor(2, 2).lightness() in (255, QColor(Qt.GlobalColor.transparent).lightness())


def test_one_may_not_answer_and_is_told_why(office: Office, page: ContactPage) -> None:
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY)])
    office.world.sign_in(me(rights=("documents",)))
    page.open_request(request_id)
    assert not page.reading.composer.isVisible()
    assert "Anne Le Gall" in page.reading._silence.words.text()


def test_drafts_follow_their_request(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    one = office.world.request("1", said=[(CLAIRE, "Un", DAY)])
    two = office.world.request("2", said=[(CLAIRE, "Deux", DAY)])
    composer = page.reading.composer
    page.open_request(one)
    qtbot.keyClicks(composer.text, "Pour un")
    page.open_request(two)
    assert composer.text.toPlainText() == ""
    qtbot.keyClicks(composer.text, "Pour deux")
    qtbot.waitUntil(lambda: office.contact.draft(two) is not None)
    page.open_request(one)
    assert composer.text.toPlainText() == "Pour un"
    assert office.contact.draft(two) == Draft(key=two, text="Pour deux")
    again = ContactPage(office.desk)
    qtbot.addWidget(again)
    with qtbot.waitExposed(again):
        again.show()
    again.open_request(two)
    assert again.reading.composer.text.toPlainText() == "Pour deux"


def test_what_is_sent_is_on_screen_at_once(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    request_id = office.world.request(said=[(CLAIRE, "Bonjour", DAY)])
    page.open_request(request_id)
    page.reading.composer.text.setPlainText("Voici\n\n\n\n\nla suite")
    qtbot.waitUntil(lambda: page.reading.composer.height() > 150)
    qtbot.keyClick(page.reading.composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert texts(page) == ["Bonjour", "Voici\n\n\n\n\nla suite"]
    assert page.reading.composer.text.toPlainText() == ""
    assert page.reading.composer.height() == page.reading.composer.sizeHint().height()
    assert office.contact.draft(request_id) is None
    (waiting,) = office.outbox.waiting()
    assert isinstance(office.outbox.wish(waiting.wish_id), SendMessage)


def test_an_empty_reply_says_what_is_missing(office: Office, page: ContactPage) -> None:
    page.open_request(office.world.request(said=[(CLAIRE, "Bonjour", DAY)]))
    page.reading.send()
    assert page.reading.composer.strip.sentence == "Écrivez un message ou joignez un fichier."
    assert office.outbox.waiting() == ()


def test_arrows_go_from_message_to_message(office: Office, page: ContactPage, qtbot: QtBot) -> None:
    page.open_request(office.world.request(said=[(CLAIRE, "Un", DAY), (JULIE, "Deux", HOUR), (JULIE, "Trois", HOUR)]))
    conversation = page.reading.conversation
    qtbot.keyClick(conversation, Qt.Key.Key_Up)
    assert [bubble.hasFocus() for bubble in conversation.bubbles] == [False, False, True]
    qtbot.keyClick(conversation.bubbles[2], Qt.Key.Key_Up)
    assert conversation.bubbles[1].hasFocus()


def test_the_countdown_is_told(office: Office, page: ContactPage, sent: str) -> None:
    bubble = page.reading.conversation.bubbles[-1]
    bubble.tick(bubble.message.at + timedelta(seconds=3))
    assert "Envoi dans 7\u00a0s" in [label.text() for label in bubble.findChildren(QLabel)]
    bubble.tick(bubble.message.at + timedelta(seconds=30))
    assert "Envoi…" in [label.text() for label in bubble.findChildren(QLabel)]
