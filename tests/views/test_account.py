"""One's own account: creating it, links and codes, its page, the lock, and being forgotten."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QSettings, Qt, QUrl, QUrlQuery, Signal
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.accounts import (
    SECOND_FACTOR,
    Credentials,
    Device,
    Known,
    Letter,
    LinkSeen,
    NewAccount,
    NextStep,
    Purpose,
    Seed,
    Standing,
    read_link,
)
from desktop.services.portfolio import Person
from desktop.services.problems import Offline, Problem, Refused
from desktop.views.account.desk import Desk
from desktop.views.account.factor import FactorSection
from desktop.views.account.qr import dots
from desktop.views.account.sheet import AccountSheet
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.signin import SignIn
from desktop.views.signin.card import Ways
from desktop.views.signin.creating import AskAdministrator, Creating, Typed
from desktop.views.signin.linking import Choosing, Forgotten, Linking
from tests.views.walking import slips, unnamed, visible_strings

ADDRESS = "https://portail.exemple.fr"
SECRET = "aB3-_" * 8
NEW = NewAccount("552100554", "7000123", "Mme", "Ana", "Petit", "ana.petit@exemple.fr", "", "Paie")
ANA = Person("1", "Mme", "Ana", "Petit", "ana.petit@exemple.fr")


def nothing(*_: object) -> None:
    """Nobody needs to know."""


def press(qtbot: QtBot, page: QWidget, text: str) -> None:
    button = next(each for each in page.findChildren(QPushButton) if each.text() == text and each.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def sound(page: QWidget) -> None:
    """It can be heard, and reads as French."""
    assert unnamed(page) == []
    assert {text: slips(text) for _, text in visible_strings(page) if slips(text)} == {}


def shown(qtbot: QtBot, page: QWidget) -> QWidget:
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    return page


# Links as people paste them


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"https://portail.exemple.fr/link#{SECRET}", (ADDRESS, SECRET)),
        (f" https://portail.exemple.fr/espace/link#{SECRET[:20]}\n{SECRET[20:]} ", (f"{ADDRESS}/espace", SECRET)),
        (f"volet:link#{SECRET}", ("", SECRET)),
        (SECRET, ("", SECRET)),
        ("ABCDE-FGHJK", None),
        (f"https://portail.exemple.fr/autre#{SECRET}", None),
        ("https://portail.exemple.fr/link#", None),
        ("", None),
    ],
)
def test_links_as_people_paste_them(text: str, found: tuple[str, str] | None) -> None:
    assert read_link(text) == found


# Creating an account


def test_all_that_is_wrong_is_said_at_once_beside_its_field(qtbot: QtBot, icons: Icons, later: Later) -> None:
    begun: list[NewAccount] = []

    def begin(_address: str, new: NewAccount) -> NextStep:
        begun.append(new)
        raise Refused("Non.", errors=(("member_number", "Ces deux numéros ne vont pas ensemble."),))

    page = Creating(icons, later, begin, nothing, nothing, address=ADDRESS)
    shown(qtbot, page)
    page._fields["email"].setText("rh@exemple.fr")
    page.submit()
    wrong = {name for name, box in page.boxes.items() if box.complaint}
    assert wrong == {"company_number", "member_number", "first_name", "last_name", "email"}
    assert page.focusWidget() is page._fields["company_number"]
    sound(page)
    page._fill(NEW)
    qtbot.keyClick(page._fields["email"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.boxes["member_number"].complaint == "Ces deux numéros ne vont pas ensemble.")
    assert begun == [NEW]
    assert not [name for name, box in page.boxes.items() if box.complaint and name != "member_number"]


@pytest.mark.parametrize("step", list(NextStep))
def test_the_first_step_leads_on_with_what_was_typed(qtbot: QtBot, icons: Icons, later: Later, step: NextStep) -> None:
    done: list[tuple[Typed, NextStep]] = []
    page = Creating(
        icons, later, lambda _a, _n: step, lambda *told: done.append(told), nothing, address=ADDRESS, before=NEW
    )
    shown(qtbot, page)
    page.submit()
    qtbot.waitUntil(lambda: done == [(Typed(ADDRESS, NEW), step)])


def test_the_sentence_to_the_administrator_is_copied_and_names_nobody_else(
    qtbot: QtBot, icons: Icons, qapp: QApplication
) -> None:
    page = AskAdministrator(icons, qapp.clipboard(), NEW, nothing)
    shown(qtbot, page)
    sound(page)
    press(qtbot, page, "Copier le message")
    assert "7000123" in qapp.clipboard().text()
    assert "Mme Ana Petit" in qapp.clipboard().text()


class MailProgram(QObject):
    """What the computer opens addresses of mail with."""

    opened = Signal(QUrl)


def test_the_sentence_to_the_administrator_is_opened_in_the_mail_program(
    qtbot: QtBot, icons: Icons, qapp: QApplication
) -> None:
    page = AskAdministrator(icons, qapp.clipboard(), NEW, nothing)
    shown(qtbot, page)
    program = MailProgram()
    QDesktopServices.setUrlHandler("mailto", program, "opened")
    try:
        with qtbot.waitSignal(program.opened) as told:
            press(qtbot, page, "Écrire un e-mail")
    finally:
        QDesktopServices.unsetUrlHandler("mailto")
    query = QUrlQuery(told.args[0])
    body = query.queryItemValue("body", QUrl.ComponentFormattingOption.FullyDecoded)
    assert (told.args[0].path(), body.replace("\r\n", "\n")) == ("", page.text.toPlainText())
    assert "\r\n" in body
    assert query.queryItemValue("subject", QUrl.ComponentFormattingOption.FullyDecoded).startswith("Accès à l’espace")


# Links and codes


def test_a_code_asks_for_the_address_and_a_link_brings_its_portal(qtbot: QtBot, icons: Icons, later: Later) -> None:
    looked: list[tuple[str, Letter]] = []

    def look(address: str, letter: Letter) -> LinkSeen:
        looked.append((address, letter))
        return LinkSeen(Purpose.INVITATION, ANA.email, "Ana", "Boulangerie", 3)

    done: list[LinkSeen] = []
    page = Linking(icons, later, look, nothing, lambda _a, _l, seen: done.append(seen), nothing, address="")
    shown(qtbot, page)
    assert page.boxes["email"].isHidden()
    qtbot.keyClicks(page.link, "abcde fghjk")
    assert page.boxes["email"].isVisible()
    page.submit()
    assert {name for name, box in page.boxes.items() if box.complaint} == {"address", "email"}
    sound(page)
    page.link.setText(f"{ADDRESS}/link#{SECRET}")
    assert page.boxes["email"].isHidden()
    assert any(text == "Portail\u00a0: portail.exemple.fr" for _, text in visible_strings(page))
    assert page.problem.sentence == ""
    page.submit()
    qtbot.waitUntil(lambda: bool(done))
    assert looked == [(ADDRESS, Letter(secret=SECRET))]
    assert SECRET not in repr(looked)


def test_a_link_to_another_portal_than_ones_own_is_pointed_out(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = Linking(icons, later, nothing, nothing, nothing, nothing, address=ADDRESS)
    shown(qtbot, page)
    page.link.setText(f"https://portail.exemp1e.fr/link#{SECRET}")
    assert page.problem.sentence.startswith("Ce lien mène à portail.exemp1e.fr, et non à votre portail")
    sound(page)
    page.link.setText(f"{ADDRESS}:8443/link#{SECRET}")
    assert page.problem.sentence.startswith("Ce lien mène à portail.exemple.fr:8443, et non à votre portail")
    for same in (ADDRESS, f"{ADDRESS}:443"):
        page.link.setText(f"{same}/link#{SECRET}")
        assert page.problem.sentence == ""


def test_a_forgotten_password_is_answered_alike_for_everybody(qtbot: QtBot, icons: Icons, later: Later) -> None:
    asked: list[tuple[str, str]] = []
    page = Forgotten(icons, later, nothing, lambda *to: asked.append(to), nothing, address=ADDRESS, email=ANA.email)
    shown(qtbot, page)
    sound(page)
    page.submit()
    qtbot.waitUntil(lambda: asked == [(ADDRESS, ANA.email)])
    sent = Linking(icons, later, nothing, nothing, nothing, nothing, address=ADDRESS, sent_to=ANA.email)
    shown(qtbot, sent)
    assert sent.good.sentence.startswith(f"Si {ANA.email} peut recevoir un lien")
    sound(sent)


def choosing(
    qtbot: QtBot,
    icons: Icons,
    later: Later,
    use: Callable[..., None],
    *,
    second_factor: bool = False,
    **heard: Callable[..., None],
) -> Choosing:
    seen = LinkSeen(Purpose.INVITATION, ANA.email, "Ana", "Boulangerie", 3, second_factor)
    done, code = heard.get("done", nothing), heard.get("code", nothing)
    page = Choosing(
        icons, later, later, use, done, code, nothing, address=ADDRESS, letter=Letter(secret=SECRET), seen=seen
    )
    shown(qtbot, page)
    return page


def test_a_password_is_judged_as_one_types_and_a_weak_one_is_never_sent(
    qtbot: QtBot, icons: Icons, later: Later
) -> None:
    used: list[Credentials] = []
    done: list[bool] = []
    page = choosing(qtbot, icons, later, lambda _l, told: used.append(told), done=lambda: done.append(True))
    sound(page)
    said = page.new._words
    qtbot.keyClicks(page.new.field, "ana.petit")
    qtbot.waitUntil(lambda: "bits, faible. Encore 6\u00a0caractères." in said.text(), timeout=10_000)
    page.submit()
    qtbot.waitUntil(lambda: "au moins 15" in page.new.box.complaint)
    page.new.field.setText("trois chevaux bleus dehors")
    qtbot.waitUntil(lambda: "robuste" in said.text(), timeout=10_000)
    assert used == []
    page.submit()
    qtbot.waitUntil(lambda: bool(done))
    assert used[0] == Credentials(ADDRESS, ANA.email, "trois chevaux bleus dehors")
    assert page.new.password == ""


def test_after_the_link_the_second_factor_is_asked_for_without_the_password(
    qtbot: QtBot, icons: Icons, later: Later
) -> None:
    def use(_letter: Letter, _credentials: Credentials) -> None:
        raise Refused("Donnez le code.", kind=SECOND_FACTOR, status=401)

    coded: list[Credentials] = []
    page = choosing(qtbot, icons, later, use, code=coded.append, second_factor=True)
    assert any("Au moins 12\u00a0caractères" in text for _, text in visible_strings(page))
    page.new.field.setText("kzqwpmnvrtxhg")  # 13: enough beside the factor
    page.submit()
    qtbot.waitUntil(lambda: bool(coded), timeout=10_000)
    asked: list[Credentials] = []
    back = SignIn(icons, later, asked.append, nothing, address=ADDRESS)
    shown(qtbot, back)
    back.ask_code(coded[0])
    sound(back)
    assert back._boxes["password"].isHidden()
    qtbot.keyClicks(back._code, "123 456")
    qtbot.keyClick(back._code, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked[0] == Credentials(ADDRESS, ANA.email, "kzqwpmnvrtxhg", "123 456")


def test_a_wrong_code_is_said_beside_it_and_a_password_changed_meanwhile_leads_back(
    qtbot: QtBot, icons: Icons, later: Later
) -> None:
    answers: list[Problem] = [
        Refused("Donnez le code.", kind=SECOND_FACTOR, status=401),
        Refused("Ce code a déjà servi.", kind=SECOND_FACTOR, status=401),
        Refused("Adresse ou mot de passe incorrect.", kind="credentials", status=401),
    ]

    def sign_in(_credentials: Credentials) -> None:
        raise answers.pop(0)

    page = SignIn(icons, later, sign_in, nothing, address=ADDRESS, email=ANA.email)
    shown(qtbot, page)
    page._password.setText("secret")
    page.submit()
    qtbot.waitUntil(page._boxes["code"].isVisible)
    assert page._boxes["code"].complaint == ""
    page._code.setText("000000")
    page.submit()
    qtbot.waitUntil(lambda: page._boxes["code"].complaint == "Ce code a déjà servi.")
    page.submit()
    qtbot.waitUntil(lambda: page._boxes["password"].complaint == "Adresse ou mot de passe incorrect.")
    assert page._boxes["code"].isHidden()


def test_one_chooses_among_the_accounts_of_this_computer(qtbot: QtBot, icons: Icons, later: Later) -> None:
    page = SignIn(icons, later, nothing, nothing, address=ADDRESS, email=ANA.email)
    shown(qtbot, page)
    page.tell_known([])
    assert page.known.isHidden(), "nothing to choose"
    page.tell_known([Known("1", ANA.email, "Ana Petit"), Known("2", "luc@exemple.fr", "")])
    sound(page)
    press(qtbot, page, "luc@exemple.fr")
    assert page._email.text() == "luc@exemple.fr"
    assert page.focusWidget() is page._password
    press(qtbot, page, "Un autre compte")
    assert page._email.text() == ""


def test_an_account_is_forgotten_at_the_portal_where_it_is_known(qtbot: QtBot, icons: Icons, later: Later) -> None:
    forgotten: list[tuple[str, Known]] = []
    ways = Ways(nothing, nothing, nothing, lambda *told: forgotten.append(told))
    page = SignIn(icons, later, nothing, nothing, address=ADDRESS, ways=ways)
    shown(qtbot, page)
    one = Known("1", ANA.email, "Ana Petit")
    page.tell_known([one])
    press(qtbot, page, "Changer")
    page._address.setText("https://autre.exemple.fr")
    bin_ = next(each for each in page.known.findChildren(QPushButton) if each.accessibleName().startswith("Oublier"))
    qtbot.mouseClick(bin_, Qt.MouseButton.LeftButton)
    press(qtbot, page.known.findChildren(QMessageBox)[0], "Effacer ce compte")
    assert forgotten == [(ADDRESS, one)]


# The page of one's own account


@dataclass
class Own:
    """What the portal would say; slow when it is told to be."""

    second_factor: bool = False
    problem: Problem | None = None
    did: list[tuple[Any, ...]] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def standing(self) -> Standing:
        now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        devices = (Device("1", "PC-COMPTA", now, True, True), Device("2", "", now, True, False))  # noqa: FBT003
        left = tuple(each for each in devices if ("revoke", each.device_id) not in self.did)
        return Standing(ANA.email, self.second_factor, 10 if self.second_factor else 0, left)

    def change_password(self, current: str, password: str) -> None:
        if self.problem is not None:
            raise self.problem
        self.did.append(("password", current, password))

    def new_recovery_codes(self, password: str, code: str) -> tuple[str, ...]:
        self.did.append(("codes", password, code))
        return ("WXYZ-0000",)

    def begin_second_factor(self, password: str) -> Seed:
        self.did.append(("begin", password))
        return Seed("JBSWY3DPEHPK3PXP", "otpauth://totp/Volet:ana?secret=JBSWY3DPEHPK3PXP&issuer=Volet")

    def confirm_second_factor(self, code: str) -> tuple[str, ...]:
        if code != "123456":
            raise Refused("Non.", errors=(("code", "Ce code n’est pas le bon."),))
        self.second_factor = True
        if self.problem is not None:
            raise self.problem
        return tuple(f"ABCD-EFGH-{place:04d}" for place in range(10))

    def end_second_factor(self, password: str, code: str) -> None:
        if code == "000000":
            raise Refused("Non.", errors=(("code", "Ce code n’est pas le bon."),))
        self.did.append(("end", password, code))
        self.second_factor = False

    def revoke(self, device_id: str) -> None:
        self.did.append(("revoke", device_id))


@pytest.fixture
def own() -> Own:
    return Own()


@pytest.fixture
def sheet(
    qtbot: QtBot, icons: Icons, later: Later, own: Own, tmp_path: Path, qapp: QApplication
) -> Iterator[AccountSheet]:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(1000, 640)
    said: Any = own
    desk = Desk(
        said, lambda: ANA, later, later, icons, qapp.clipboard(),
        QSettings(str(tmp_path / "x.ini"), QSettings.Format.IniFormat), lambda name: tmp_path / name,
        lambda: 2, lambda: own.did.append(("lock",)), lambda: own.did.append(("forget",)),
    )  # fmt: skip
    made = AccountSheet(parent, desk)
    made.show()
    qtbot.waitUntil(lambda: bool(made.devices.rows))
    yield made
    parent.close()


def test_the_page_can_be_heard_and_fits_a_small_window(sheet: AccountSheet) -> None:
    sound(sheet)
    assert sheet.height() <= 640
    assert sheet.area.horizontalScrollBar().maximum() == 0


def test_a_password_is_changed_with_the_present_one(qtbot: QtBot, sheet: AccountSheet, own: Own) -> None:
    press(qtbot, sheet, "Changer le mot de passe…")
    section = sheet.password
    assert section.new is not None
    own.problem = Refused("Non.", errors=(("current", "Ce n’est pas votre mot de passe actuel."),))
    section.current.setText("faux")
    section.new.field.setText("trois chevaux bleus dehors")
    press(qtbot, sheet, "Changer le mot de passe")
    qtbot.waitUntil(lambda: bool(section.boxes["current"].complaint), timeout=10_000)
    own.problem = None
    section.current.setText("ancien")
    press(qtbot, sheet, "Changer le mot de passe")
    qtbot.waitUntil(lambda: "changé" in section.good.sentence, timeout=10_000)
    assert own.did == [("password", "ancien", "trois chevaux bleus dehors")]
    assert (section.current.text(), section.new.password) == ("", "")


def test_the_second_factor_from_its_code_to_the_recovery_codes_and_off_again(
    qtbot: QtBot, sheet: AccountSheet, own: Own, tmp_path: Path, qapp: QApplication
) -> None:
    section: FactorSection = sheet.factor
    press(qtbot, sheet, "Activer…")
    section.proof.password.setText("mot de passe")
    press(qtbot, sheet, "Continuer")
    qtbot.waitUntil(section.scan.isVisible, timeout=10_000)
    sound(sheet)
    assert any(text == "JBSW Y3DP EHPK 3PXP" for _, text in visible_strings(sheet))
    for code, becomes in (("000000", section.scan), ("123456", section.codes)):
        section.scan.code.setText(code)
        press(qtbot, sheet, "Activer")
        qtbot.waitUntil(lambda becomes=becomes: becomes.isVisible() and not section.busy.isVisible())  # type: ignore[misc]
    sound(sheet)
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    [asked] = [each for each in sheet.findChildren(QMessageBox) if each.isVisible()]
    press(qtbot, asked, "Revenir aux codes")
    assert section.codes.isVisible(), "told this one time: Échap alone does not take them away"
    press(qtbot, sheet, "Copier")
    assert "ABCD-EFGH-0009" in qapp.clipboard().text()
    press(qtbot, sheet, "Enregistrer…")
    saved = tmp_path / "Codes de secours Volet.txt"
    qtbot.waitUntil(lambda: saved.exists() and "ABCD-EFGH-0009" in saved.read_text("utf-8"))
    press(qtbot, sheet, "Je les ai notés")
    qtbot.waitUntil(section.end.isVisible)
    assert not any("ABCD" in text for _, text in visible_strings(sheet)), "told this one time"
    press(qtbot, sheet, "Changer le mot de passe…")
    assert any("Au moins 12\u00a0caractères" in text for _, text in visible_strings(sheet)), "the whole page is told"
    press(qtbot, sheet, "Désactiver…")
    section.proof.password.setText("mot de passe")
    section.proof.code.setText("000000")
    press(qtbot, sheet, "Désactiver")
    qtbot.waitUntil(lambda: section.proof.code_box.complaint == "Ce code n’est pas le bon.")
    section.proof.code.setText("654321")
    press(qtbot, sheet, "Désactiver")
    qtbot.waitUntil(section.begin.isVisible)
    assert own.did[-1] == ("end", "mot de passe", "654321")
    assert any("Au moins 15\u00a0caractères" in text for _, text in visible_strings(sheet))


def test_recovery_codes_that_were_lost_on_the_way_are_asked_for_anew(
    qtbot: QtBot, sheet: AccountSheet, own: Own
) -> None:
    section = sheet.factor
    press(qtbot, sheet, "Activer…")
    section.proof.password.setText("mot de passe")
    press(qtbot, sheet, "Continuer")
    qtbot.waitUntil(section.scan.isVisible, timeout=10_000)
    own.problem = Offline("Le portail ne répond pas.")
    section.scan.code.setText("123456")
    press(qtbot, sheet, "Activer")
    qtbot.waitUntil(lambda: section.problem.sentence == "Le portail ne répond pas.")
    press(qtbot, sheet, "Vérifier")
    qtbot.waitUntil(section.proof.code_box.isVisible)
    assert "perdus en chemin" in section.why.text()
    sound(sheet)
    section.proof.password.setText("mot de passe")
    section.proof.code.setText("654321")
    press(qtbot, sheet, "Créer les codes")
    qtbot.waitUntil(section.codes.isVisible)
    assert section.codes.codes == ("WXYZ-0000",)
    assert own.did[-1] == ("codes", "mot de passe", "654321")
    press(qtbot, sheet, "Je les ai notés")
    qtbot.waitUntil(section.renew.isVisible)


def test_a_device_is_revoked_after_a_question(qtbot: QtBot, sheet: AccountSheet, own: Own) -> None:
    assert len(sheet.devices.rows) == 2
    press(qtbot, sheet, "Révoquer…")
    box = sheet.devices.findChild(QMessageBox)
    assert box is not None
    press(qtbot, box, "Révoquer cet ordinateur")
    qtbot.waitUntil(lambda: len(sheet.devices.rows) == 1)
    assert own.did == [("revoke", "2")]


def test_before_all_is_forgotten_one_is_told_what_would_be_lost(qtbot: QtBot, sheet: AccountSheet, own: Own) -> None:
    press(qtbot, sheet, "Oublier cet ordinateur…")
    box = sheet.forget.findChild(QMessageBox)
    assert box is not None
    assert "2\u00a0envois en attente" in box.informativeText()
    press(qtbot, box, "Effacer et se déconnecter")
    assert own.did == [("forget",)]


def test_the_qr_code_is_drawn_in_whole_dots(qtbot: QtBot, sheet: AccountSheet) -> None:
    """Each dot is black or white through and through, with its quiet margin."""
    drawn = dots("otpauth://totp/Volet:ana?secret=JBSWY3DPEHPK3PXP&issuer=Volet")
    qr = sheet.factor.scan.qr
    qr.tell(drawn)
    picture = qr.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colours = {picture.pixel(x, y) & 0xFFFFFF for x in range(picture.width()) for y in range(picture.height())}
    assert colours == {0xFFFFFF, 0x000000}
    dot = picture.width() // (len(drawn) + 8)
    start = (picture.width() - dot * len(drawn)) // 2
    seen = tuple(
        bytes(
            (picture.pixel(start + x * dot + dot // 2, start + y * dot + dot // 2) & 0xFFFFFF) == 0
            for x in range(len(drawn))
        )
        for y in range(len(drawn))
    )
    assert seen == drawn
