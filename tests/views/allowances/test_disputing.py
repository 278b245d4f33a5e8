"""The disputed lines on their way to the adviser: a draft in the contact form, with its file, and nothing lost."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from contract.catalogue import Catalogue, FieldAsked, FieldKind, ThemeRecord, TopicRecord
from contract.portfolio import Right
from desktop.services.contact import NEW, Draft
from desktop.views.allowances.desk import Letter
from desktop.views.window.disputing import OTHER, TOPIC, _space
from tests.views.conftest import Client

KEY = f"{NEW}:{TOPIC}"
ALLOWANCES = ThemeRecord(
    "prevoyance-ij",
    "Mes indemnités",
    (
        TopicRecord(
            TOPIC,
            "Versement des indemnités journalières",
            Right.ALLOWANCES,
            fields=(
                FieldAsked("employee", "Nom et prénom du salarié", FieldKind.TEXT),
                FieldAsked("period_start", "Début de la période", FieldKind.DATE),
                FieldAsked("period_end", "Fin de la période", FieldKind.DATE, not_before="period_start"),
                FieldAsked("amount", "Montant en question", FieldKind.AMOUNT),
            ),
        ),
    ),
)


@pytest.fixture
def insurer(client: Client) -> Client:
    """A portal whose catalogue has the topic of allowances."""
    services = client.services
    with services.store.write(services.portfolio.topic) as db:
        services.portfolio.take_catalogue(db, Catalogue((*client.world.catalogue.themes, ALLOWANCES)))
    return client


def a_letter(client: Client) -> Letter:
    space = client.services.portfolio.spaces()[1]
    return Letter(
        subject="Indemnités journalières\u00a0: doublon",
        text="Bonjour,\n\nJ’ai vérifié les indemnités journalières reçues\u00a0: une est là deux fois.\n",
        fields={"employee": "LEFÈVRE Anne", "period_start": "2018-02-01", "amount": "462.00", "unknown": "x"},
        company=space.siret,
        member="",
        file_name="Lignes contestées.csv",
        content="\ufeffPoint;Fichier\r\n1;a.csv\r\n".encode(),
    )


def plain(text: str) -> str:
    """As a field gives it back: its fixed spaces are ordinary ones."""
    return text.replace("\u00a0", " ")


def write(client: Client, qtbot: QtBot, letter: Letter) -> None:
    form = client.workplace.contact.form
    client.workplace._disputing.write(letter)
    qtbot.waitUntil(lambda: form.isVisible() and plain(form.subject.text()) == plain(letter.subject))


def test_it_is_a_request_of_the_right_space_and_topic_with_its_file(insurer: Client, qtbot: QtBot) -> None:
    client = insurer
    letter = a_letter(client)
    write(client, qtbot, letter)
    assert client.workplace.content.currentWidget() is client.workplace.contact
    form = client.workplace.contact.form
    space = client.services.portfolio.space(form.space.space_id or "")
    assert space is not None
    assert space.siren == letter.company[:9]
    draft = form.draft()
    assert (draft.topic, plain(draft.text)) == (TOPIC, plain(letter.text))
    assert form.note.sentence == "Demande préparée par Volet\u00a0: relisez-la avant de l’envoyer."
    assert draft.fields["employee"] == "LEFÈVRE Anne"
    assert draft.fields["amount"] == "462.00"
    assert "unknown" not in draft.fields
    assert [file.name for file in draft.files] == ["Lignes contestées.csv"]
    assert client.services.shelf.content(draft.files[0].sha256) == letter.content
    assert client.services.contact.complaints(draft) == ()
    request = client.services.contact.open_request(draft)
    assert client.services.contact.sheet(request) is not None


def test_what_is_being_written_stays_and_the_same_letter_comes_once(insurer: Client, qtbot: QtBot) -> None:
    client = insurer
    letter = a_letter(client)
    hers = next(each.space_id for each in client.services.portfolio.spaces() if each.siren != letter.company[:9])
    begun = Draft(key=KEY, space_id=hers, topic=TOPIC, text="Déjà écrit", fields={"employee": "Autre"})
    client.services.contact.keep_draft(begun)
    client.workplace._disputing.write(letter)
    form = client.workplace.contact.form
    qtbot.waitUntil(lambda: plain(form.text.toPlainText()) == plain(f"Déjà écrit\n\n{letter.text}"))
    assert form.answers.values()["employee"] == "Autre"
    assert form.note.sentence == "Votre brouillon a été repris.", "that is what she had begun"
    assert form.space.space_id == hers
    form.text.setPlainText(f"{form.text.toPlainText()}et encore")
    form.subject.setText("Le mien")
    client.workplace._disputing.write(letter)
    qtbot.waitUntil(lambda: client.app.errands.idle)
    assert plain(form.text.toPlainText()) == plain(f"Déjà écrit\n\n{letter.text}et encore")
    assert form.subject.text() == "Le mien"
    assert len(form.draft().files) == 1


def test_a_file_that_is_too_big_is_told_of(client: Client, qtbot: QtBot) -> None:
    letter = replace(a_letter(client), content=b"x" * (40 * 1024 * 1024))
    write(client, qtbot, letter)
    form = client.workplace.contact.form
    assert not form.draft().files
    assert plain(form.text.toPlainText()).startswith(plain(letter.text))
    assert "Lignes contestées.csv" in form.text.toPlainText()


def test_a_letter_without_lines_has_no_file(client: Client, qtbot: QtBot) -> None:
    write(client, qtbot, replace(a_letter(client), file_name="", content=b"", company="00000000000000"))
    form = client.workplace.contact.form
    assert not form.draft().files
    assert form.space.space_id is None, "whom it concerns is not guessed"
    assert form.draft().topic == OTHER, "as the catalogue has no topic of allowances"
    assert form.note.sentence.endswith("choisissez l’entreprise, puis relisez-la avant de l’envoyer.")
    qtbot.waitUntil(form.space.hasFocus)


def test_which_of_two_spaces_is_not_guessed(insurer: Client) -> None:
    first, other, *_ = insurer.services.portfolio.spaces()
    about = replace(a_letter(insurer), company=first.siren, member="")
    here = replace(first, rights=frozenset({"contact", "allowances"}))
    there = replace(other, siren=first.siren, rights=frozenset({"contact", "allowances"}))
    assert _space([here, there], about) is None
    assert _space([here, replace(there, rights=frozenset({"contact"}))], about) == here
    assert _space([here, there], replace(about, member=there.member_number)) == there
    assert _space([here, replace(there, siren="000000000", siret="")], about) == here
    assert _space([replace(here, rights=frozenset())], about) is None
    assert _space([there], replace(about, company="")) == there, "there is but one"
