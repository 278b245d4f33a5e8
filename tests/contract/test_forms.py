"""The form of a request, as both sides read and check it."""

import re

import pytest

from contract import limits
from contract.catalogue import DocumentWanted, FieldAsked, FieldChoice, FieldKind, TopicRecord
from contract.forms import Wrong, adherent_complaint, check_message, check_request, propose_subject, read_field

TOPIC = TopicRecord(
    "sante.hospitalisation",
    "Hospitalisation",
    "contact",
    fields=(
        FieldAsked("employee", "Salarié", FieldKind.TEXT, required=True),
        FieldAsked("cause", "Cause", FieldKind.CHOICE, choices=(FieldChoice("illness", "Maladie"),)),
        FieldAsked("start", "Entrée", FieldKind.DATE),
        FieldAsked("end", "Sortie", FieldKind.DATE, not_before="start"),
        FieldAsked("salary", "Salaire", FieldKind.AMOUNT),
        FieldAsked("again", "Prolongation", FieldKind.YES_NO),
        FieldAsked("more", "Précisions", FieldKind.LONG_TEXT),
        FieldAsked("spaces", "Adhérents", FieldKind.SIRETS_OR_MEMBERS),
        FieldAsked("new", "De demain", "of_tomorrow"),
    ),
    documents=(DocumentWanted("stay", "Bulletin de séjour", required=True), DocumentWanted("id", "RIB")),
)
GOOD = {
    "employee": " Lefèvre ",
    "cause": "illness",
    "start": "2026-02-03",
    "end": "2026-02-17",
    "salary": "31250.40",
    "again": "no",
    "more": "Deux\nlignes",
    "spaces": "732 829 320 00074\n\n1002\n1002",
    "new": "tel quel",
}


def check(
    fields: dict[str, str] | None = None, *, subject: str = "Séjour", text: str = "Bonjour.", files: int = 1
) -> dict[str, str]:
    _, errors = check_request(TOPIC, subject=subject, fields=GOOD | (fields or {}), text=text, files=files)
    return {error.field: error.sentence for error in errors}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (FieldKind.TEXT, "Remplissez ce champ."),
        (FieldKind.DATE, "Indiquez une date."),
        (FieldKind.AMOUNT, "Indiquez un montant."),
        (FieldKind.CHOICE, "Choisissez dans la liste."),
        (FieldKind.YES_NO, "Répondez par oui ou par non."),
        (FieldKind.SIRETS_OR_MEMBERS, "Indiquez au moins un numéro."),
        ("of_tomorrow", "Remplissez ce champ."),
    ],
)
def test_what_is_missing_says_what_to_do(kind: str, sentence: str) -> None:
    with pytest.raises(Wrong, match=re.escape(sentence)):
        read_field(FieldAsked("it", "Ce qui manque", kind, required=True), {})


def test_a_form_is_told_as_it_is_to_be_read() -> None:
    pairs, errors = check_request(TOPIC, subject="Séjour", fields=GOOD, text="", files=1)
    assert errors == []
    assert pairs == (
        ("Salarié", "Lefèvre"),
        ("Cause", "Maladie"),
        ("Entrée", "03/02/2026"),
        ("Sortie", "17/02/2026"),
        ("Salaire", "31\u202f250,40\u00a0€"),
        ("Prolongation", "Non"),
        ("Précisions", "Deux\nlignes"),
        ("Adhérents", "73282932000074\n1002"),
        ("De demain", "tel quel"),
    )


@pytest.mark.parametrize(
    ("code", "value", "sentence"),
    [
        ("employee", "  ", "Remplissez ce champ."),
        ("employee", "a\nb", "Ce champ tient sur une ligne."),
        ("employee", "Facture \u202efdp", "Ce texte contient des caractères qui ne se lisent pas."),
        ("more", "cloche\x07", "Ce texte contient des caractères qui ne se lisent pas."),
        ("more", "x" * (limits.FIELD_CHARACTERS + 1), "Ce texte est trop long\u00a0: 2\u202f000 caractères au plus."),
        ("cause", "flemme", "Ce choix n’est pas proposé."),
        ("start", "2026-02-30", "Cette date n’existe pas."),
        ("end", "2026-02-02", "Cette date ne peut pas précéder le 03/02/2026."),
        ("salary", "-12.00", "Le montant ne peut pas être négatif."),
        ("salary", "12,5", "Ce montant ne se lit pas\u00a0: il faut des euros et deux décimales."),
        ("again", "oui", "Répondez par oui ou par non."),
        ("nobody", "x", "Ce champ n’est pas demandé ici."),
    ],
)
def test_each_field_says_what_is_wrong(code: str, value: str, sentence: str) -> None:
    assert check({code: value}) == {f"fields.{code}": sentence}


def test_a_date_is_not_held_to_one_that_is_none() -> None:
    assert list(check({"start": "2026-02-30"})) == ["fields.start"]


def test_all_that_is_wrong_is_told_in_the_order_of_the_form() -> None:
    said = check({"employee": "", "spaces": "abc"}, subject=" ", text="\x07", files=0)
    assert list(said) == ["fields.employee", "fields.spaces", "subject", "text", "attachments"]
    assert said["attachments"] == "Joignez\u00a0: bulletin de séjour."


def test_a_request_has_to_say_something() -> None:
    bare = TopicRecord("autre.autre", "Autre", "contact")
    for text, files, fields, wrong in (
        (" ", 0, {}, ["text"]),
        ("a", 0, {}, []),
        ("", 1, {}, []),
        ("", 0, {"employee": "Lefèvre"}, ["fields.employee"]),
    ):
        _, errors = check_request(bare, subject="Une question", fields=fields, text=text, files=files)
        assert [error.field for error in errors] == wrong


def test_a_message_says_or_brings_something_within_limits() -> None:
    assert [error.field for error in check_message(" ", 0)] == ["text"]
    assert check_message("", 1) == []
    assert [error.field for error in check_message("x" * (limits.TEXT_CHARACTERS + 1), 0)] == ["text"]
    assert [error.field for error in check_message("", limits.FILES_PER_MESSAGE + 1)] == ["attachments"]


@pytest.mark.parametrize("subject", ["a\nb", "a\u2028b", "a\u202eb", "x" * (limits.SUBJECT_CHARACTERS + 1)])
def test_a_subject_is_one_short_line(subject: str) -> None:
    assert list(check(subject=subject)) == ["subject"]


def test_a_subject_is_proposed_from_what_is_known() -> None:
    assert propose_subject("Arrêt\u00a0: {employee}", {}) == "Arrêt"
    assert (
        propose_subject("Arrêt\u00a0: {employee}", {"employee": " Lefèvre\n Camille "})
        == "Arrêt\u00a0: Lefèvre Camille"
    )
    assert len(propose_subject("{employee}", {"employee": "x" * 500})) == limits.SUBJECT_CHARACTERS


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("732 829 320 00074", True),
        ("73282932000074", True),
        ("35600000000048", True),
        ("123456", True),
        ("12.34.56", True),
        ("73282932000075", False),
        ("7328293200007", False),
        ("abc", False),
        ("123", False),
        ("１２３４５６", False),
    ],
)
def test_what_can_be_a_siret_or_a_member_number(line: str, right: bool) -> None:
    assert (adherent_complaint(line) == "") is right
