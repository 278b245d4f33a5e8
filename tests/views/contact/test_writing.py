"""The composer and what is brought to it: typed, pasted, dropped, read off the GUI thread."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from contract.contact import SendMessage
from desktop.views.contact.page import ContactPage
from desktop.views.contact.staging import offered
from desktop.views.opening import Appearance
from desktop.views.tokens import Look
from tests.views.contact.conftest import Office

DAY = timedelta(days=1)
OUTLOOK = 'application/x-qt-windows-mime;value="FileGroupDescriptorW"'


@pytest.fixture
def opened(office: Office, page: ContactPage) -> str:
    request_id = office.world.request(said=[("Claire Martin", "Bonjour", DAY)])
    page.open_request(request_id)
    return request_id


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "attestation.pdf"
    path.write_bytes(b"%PDF-1.4 attestation")
    return path


def files(page: ContactPage) -> list[str]:
    return [file.name for file in page.reading.composer.strip.files]


def urls(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(widget: QWidget, mime: QMimeData) -> bool:
    """Drags over the middle of the widget and lets go; answers whether it was taken."""
    at = widget.rect().center()
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_a_file_is_chosen_read_and_sent(
    office: Office, page: ContactPage, opened: str, pdf: Path, qtbot: QtBot
) -> None:
    office.chosen.to_attach = (pdf,)
    qtbot.mouseClick(page.reading.composer.attach, Qt.MouseButton.LeftButton)
    assert [chip.accessibleName() for chip in page.reading.composer.strip.chips] == [
        "Pièce jointe\u00a0: attestation.pdf · lecture…"
    ]
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf"])
    qtbot.waitUntil(lambda: office.contact.draft(opened) is not None)
    page.reading.send()
    (waiting,) = office.outbox.waiting()
    wish = office.outbox.wish(waiting.wish_id)
    assert isinstance(wish, SendMessage)
    assert [one.name for one in wish.attachments] == ["attestation.pdf"]


def test_what_cannot_be_attached_says_why_at_once(
    office: Office, page: ContactPage, opened: str, tmp_path: Path, qtbot: QtBot
) -> None:
    programme = tmp_path / "programme.exe"
    programme.write_bytes(b"MZ")
    assert drop(page.reading, urls(programme))
    qtbot.waitUntil(lambda: "programme.exe" in page.reading.composer.strip.sentence)
    assert files(page) == []
    assert drop(page.reading, urls(tmp_path))
    qtbot.waitUntil(lambda: "dossier" in page.reading.composer.strip.sentence)
    assert drop(page.reading, urls(tmp_path / "parti.pdf"))
    qtbot.waitUntil(lambda: "parti.pdf" in page.reading.composer.strip.sentence)


def test_the_pane_lights_up_under_files_and_takes_them(page: ContactPage, opened: str, pdf: Path, qtbot: QtBot) -> None:
    at = QPoint(10, 10)
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    mime = urls(pdf)
    QApplication.sendEvent(page.reading, QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys))
    assert page.reading.veil.isVisible()
    QApplication.sendEvent(page.reading, QDragLeaveEvent())
    assert not page.reading.veil.isVisible()
    assert drop(page.reading, mime)
    assert not page.reading.veil.isVisible()
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf"])


def test_a_drag_from_outlook_is_explained(page: ContactPage, opened: str) -> None:
    mime = QMimeData()
    mime.setData(OUTLOOK, QByteArray(b"\0" * 8))
    assert drop(page.reading, mime)
    assert page.reading.composer.strip.sentence.startswith("Outlook n\u2019a pas remis le fichier")


def test_text_is_not_a_file(page: ContactPage, opened: str) -> None:
    mime = QMimeData()
    mime.setText("du texte")
    assert offered(mime) is None
    assert not drop(page.reading, mime)


def test_a_screenshot_is_pasted_under_a_name_of_its_own(page: ContactPage, opened: str, qtbot: QtBot) -> None:
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    page.reading.composer.text.setFocus()
    page.reading.composer.text.paste()
    qtbot.waitUntil(lambda: files(page) == ["Capture 2026-11-24 10-42.png"])
    assert page.reading.composer.strip.files[0].media_type == "image/png"


def test_copied_files_are_pasted_as_files(page: ContactPage, opened: str, pdf: Path, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setMimeData(urls(pdf))
    page.reading.composer.text.paste()
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf"])
    assert page.reading.composer.text.toPlainText() == ""


def test_a_file_stays_with_the_request_it_was_given_for(
    office: Office, page: ContactPage, opened: str, pdf: Path, qtbot: QtBot
) -> None:
    other = office.world.request("2", said=[("Claire Martin", "Autre", DAY)])
    assert drop(page.reading, urls(pdf))
    page.open_request(other)
    qtbot.waitUntil(lambda: (draft := office.contact.draft(opened)) is not None and len(draft.files) == 1)
    assert files(page) == []
    page.open_request(opened)
    assert files(page) == ["attestation.pdf"]


def test_a_file_is_taken_out_by_its_button_or_by_suppr(
    page: ContactPage, opened: str, pdf: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "autre.pdf"
    other.write_bytes(b"%PDF-1.4 autre")
    assert drop(page.reading, urls(pdf, other, pdf))
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf", "autre.pdf"])
    first = page.reading.composer.strip.chips[0]
    qtbot.keyClick(first, Qt.Key.Key_Delete)
    assert files(page) == ["autre.pdf"]


def test_nothing_leaves_while_a_file_is_being_read(
    office: Office, page: ContactPage, opened: str, pdf: Path, qtbot: QtBot
) -> None:
    page.reading.composer.text.setPlainText("Voici")
    assert drop(page.reading, urls(pdf))
    page.reading.send()
    assert "lecture" in page.reading.composer.strip.sentence
    assert office.outbox.waiting() == ()
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf"])
    page.reading.send()
    assert len(office.outbox.waiting()) == 1


def test_the_field_grows_with_its_text_within_limits(page: ContactPage, opened: str, qtbot: QtBot) -> None:
    text = page.reading.composer.text
    low = text.height()
    text.setPlainText("a\nb\nc\nd\ne\nf")
    qtbot.waitUntil(lambda: text.height() > low)
    middle = text.height()
    text.setPlainText("\n" * 60)
    qtbot.waitUntil(lambda: middle < text.height() < 260)


@pytest.mark.parametrize("pane", [QSize(792, 591), QSize(732, 511)], ids=["1000 x 640", "200 %"])
@pytest.mark.parametrize("awaited", [(), ("RIB",), ("Attestation de salaire", "RIB", "Avis d\u2019arrêt")])
def test_the_conversation_is_read_while_one_answers_it(
    office: Office, page: ContactPage, pane: QSize, awaited: tuple[str, ...], qtbot: QtBot
) -> None:
    """However much is written, joined and awaited, in the smallest windows: those are 208 wider, for the rail, and 49
    higher, for the top bar. At 200 % a screen of 1920 by 1080 has room for the smallest that Volet can have."""
    said = [("Claire Martin", "Bonjour", DAY), ("Julie Renaud", "Il manque un document.", DAY)]
    page.open_request(office.world.request(said=said, closed=bool(awaited), awaited=awaited))
    reading, composer = page.reading, page.reading.composer
    composer.text.setPlainText("\n".join(["Une ligne"] * 30))
    composer.strip.set_files([office.shelf.stage_bytes(f"note {n}.txt", b"%d" % n) for n in range(10)])

    def fits() -> bool:
        page.resize(pane)  # it shrinks no further than its layout allowed until now
        foot = composer.send.mapTo(reading, composer.send.rect().bottomLeft()).y()
        return page.height() == pane.height() and foot < reading.height() and reading.conversation.height() >= 160

    qtbot.waitUntil(fits)
    assert composer.text.height() >= composer.text.fontMetrics().lineSpacing()
    assert composer.text.mapTo(reading, composer.text.rect().topLeft()).y() > reading.conversation.geometry().bottom()


def test_a_draft_is_kept_within_a_second_and_when_the_page_is_hidden(
    office: Office, page: ContactPage, opened: str, qtbot: QtBot
) -> None:
    assert page.reading._keeper.interval() <= 1000
    qtbot.keyClicks(page.reading.composer.text, "abc")
    page.hide()
    draft = office.contact.draft(opened)
    assert draft is not None
    assert draft.text == "abc"


def test_files_of_a_draft_are_on_screen_at_once_in_light_and_dark(
    page: ContactPage, opened: str, pdf: Path, look: Look, qtbot: QtBot
) -> None:
    assert drop(page.reading, urls(pdf))
    qtbot.waitUntil(lambda: files(page) == ["attestation.pdf"])
    (chip,) = page.reading.composer.strip.chips
    assert chip.isVisible()
    look.choose(Appearance.DARK)
    assert page.reading.composer.strip.chips == [chip]
    assert chip.isVisible()
