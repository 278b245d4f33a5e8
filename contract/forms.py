"""The form of a request: what was answered, read and checked against what the catalogue asks. Pure.

Both sides use it: the client tells of a slip beside its field before anything is sent, the portal refuses it with the
same sentence.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from contract import limits
from contract.catalogue import FieldAsked, FieldKind, TopicRecord
from contract.identity import is_siret, only_digits
from contract.wire import FieldError

_AMOUNT: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_NEGATIVE: Final = re.compile(r"-[0-9.]+")
_MEMBER: Final = re.compile(r"[0-9]{4,12}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANKS: Final = re.compile("[ \t\r\n]+")
_PLACE: Final = re.compile(r"\{(\w+)\}")
_YES_NO: Final = {"yes": "Oui", "no": "Non"}

_MISSING: Final[dict[str, str]] = {
    FieldKind.DATE: "Indiquez une date.",
    FieldKind.AMOUNT: "Indiquez un montant.",
    FieldKind.CHOICE: "Choisissez dans la liste.",
    FieldKind.YES_NO: "Répondez par oui ou par non.",
    FieldKind.SIRETS_OR_MEMBERS: "Indiquez au moins un numéro.",
}
"""What to do about a field that must be answered."""

UNREADABLE: Final = "Ce texte contient des caractères qui ne se lisent pas."
_NOTHING_SAID: Final = "Écrivez un message ou joignez un fichier."

Pairs = tuple[tuple[str, str], ...]
"""(label, value) of a form, as they are to be read."""


class Wrong(Exception):
    """The value is not one; the message is the French sentence."""


# A whole request


def check_request(
    topic: TopicRecord, *, subject: str, fields: Mapping[str, str], text: str, files: int
) -> tuple[Pairs, list[FieldError]]:
    """The form as it is to be read, and all that is wrong in the order of the form: `fields.<code>`, `subject`, `text`,
    `attachments`. `files` is how many go with it."""
    pairs, errors = read_form(topic, fields)
    errors += _check_subject(subject)
    answered = any(value.strip() for value in fields.values())
    errors += check_message(text, files, needed=not answered)
    required = [_within(document.label) for document in topic.documents if document.required]
    if files < len(required):
        errors.append(FieldError("attachments", f"Joignez\u00a0: {', '.join(required)}."))
    return pairs, errors


def check_message(text: str, files: int, *, needed: bool = True) -> list[FieldError]:
    """What is wrong with a message, under `text` and `attachments`. `needed`: it has to say or to bring something."""
    errors = []
    if needed and not text.strip() and not files:
        errors.append(FieldError("text", _NOTHING_SAID))
    if len(text) > limits.TEXT_CHARACTERS:
        most = _grouped(limits.TEXT_CHARACTERS)
        errors.append(FieldError("text", f"Ce message est trop long\u00a0: {most} caractères au plus."))
    if not is_plain(text):
        errors.append(FieldError("text", UNREADABLE))
    if files > limits.FILES_PER_MESSAGE:
        sentence = f"Joignez {limits.FILES_PER_MESSAGE} fichiers au plus par message."
        errors.append(FieldError("attachments", sentence))
    return errors


def propose_subject(template: str, fields: Mapping[str, str]) -> str:
    """The subject that a topic proposes, with what was answered in the place of `{code}`."""
    filled = _PLACE.sub(lambda place: fields.get(place[1], "").strip(), template)
    return _BLANKS.sub(" ", filled).strip().rstrip(":\u00a0 ")[: limits.SUBJECT_CHARACTERS]


def _check_subject(subject: str) -> list[FieldError]:
    subject = subject.strip()
    if not subject:
        return [FieldError("subject", "Écrivez l’objet de la demande.")]
    if len(subject) > limits.SUBJECT_CHARACTERS:
        sentence = f"L’objet est trop long\u00a0: {limits.SUBJECT_CHARACTERS} caractères au plus."
        return [FieldError("subject", sentence)]
    if not is_straight(subject) or len(subject.splitlines()) > 1:
        return [FieldError("subject", "L’objet tient sur une ligne, sans caractère invisible.")]
    return []


def _within(label: str) -> str:
    """A label inside a sentence: « avis d’arrêt », but « RIB »."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


# Texts


def is_plain(text: str) -> bool:
    """No control character but the line's end and the tab: no other is text, PostgreSQL refuses NUL, and some of them
    (U+009B) give orders to a terminal."""
    return _CONTROL.search(text) is None


def is_straight(name: str) -> bool:
    """Plain, and without the marks that turn the direction of writing, by which a name can show another ending."""
    return is_plain(name) and _TURNING.search(name) is None


# Fields


def read_form(topic: TopicRecord, answered: Mapping[str, str]) -> tuple[Pairs, list[FieldError]]:
    """The fields as they are to be read, and what is wrong. A field left empty is not answered."""
    asked = {field.code for field in topic.fields}
    errors = [FieldError(f"fields.{code}", "Ce champ n’est pas demandé ici.") for code in answered if code not in asked]
    pairs: list[tuple[str, str]] = []
    for field in topic.fields:
        try:
            shown = read_field(field, answered)
        except Wrong as wrong:
            errors.append(FieldError(f"fields.{field.code}", str(wrong)))
        else:
            if shown:
                pairs.append((field.label, shown))
    return tuple(pairs), errors


def read_field(field: FieldAsked, answered: Mapping[str, str]) -> str:
    """The answer to one field as it is to be read; empty when there is none. Raises `Wrong`."""
    value = answered.get(field.code, "").strip()
    if not value:
        if field.required:
            raise Wrong(_MISSING.get(field.kind, "Remplissez ce champ."))
        return ""
    if len(value) > limits.FIELD_CHARACTERS:
        raise Wrong(f"Ce texte est trop long\u00a0: {_grouped(limits.FIELD_CHARACTERS)} caractères au plus.")
    if not is_plain(value):
        raise Wrong(UNREADABLE)
    reader = _READERS.get(field.kind)
    shown = reader(field, value) if reader else value
    if field.kind == FieldKind.DATE and field.not_before:
        _check_order(answered.get(field.not_before, "").strip(), value)
    return shown


def _check_order(before: str, value: str) -> None:
    earlier = _day(before)
    if earlier is not None and value < before:
        raise Wrong(f"Cette date ne peut pas précéder le {earlier:%d/%m/%Y}.")


def _day(value: str) -> date | None:
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None
    return day if day is not None and 1900 <= day.year <= 2199 else None


def _date(_field: FieldAsked, value: str) -> str:
    day = _day(value)
    if day is None:
        raise Wrong("Cette date n’existe pas.")
    return f"{day:%d/%m/%Y}"


def _amount(_field: FieldAsked, value: str) -> str:
    if _NEGATIVE.fullmatch(value):
        raise Wrong("Le montant ne peut pas être négatif.")
    if not _AMOUNT.fullmatch(value):
        raise Wrong("Ce montant ne se lit pas\u00a0: il faut des euros et deux décimales.")
    whole, cents = value.split(".")
    return f"{_grouped(int(whole))},{cents}\u00a0€"


def _choice(field: FieldAsked, value: str) -> str:
    for choice in field.choices:
        if choice.code == value:
            return choice.label
    raise Wrong("Ce choix n’est pas proposé.")


def _yes_no(_field: FieldAsked, value: str) -> str:
    if value not in _YES_NO:
        raise Wrong("Répondez par oui ou par non.")
    return _YES_NO[value]


def _adherents(_field: FieldAsked, value: str) -> str:
    lines = [line for line in value.splitlines() if line.strip()]
    if wrong := [sentence for line in lines if (sentence := adherent_complaint(line))]:
        raise Wrong("\n".join(wrong))
    return "\n".join(dict.fromkeys(only_digits(line) for line in lines))


def adherent_complaint(line: str) -> str:
    """Why a line is neither a SIRET nor a member number, in French; empty when it is one."""
    digits, said = only_digits(line), line.strip()[:40]
    if is_siret(digits) or _MEMBER.fullmatch(digits):
        return ""
    if len(digits) == 14 and digits.isdigit():
        return f"«\u00a0{said}\u00a0» n’est pas un SIRET valide\u00a0: vérifiez ses 14 chiffres."
    if len(digits) == 13 and digits.isdigit():
        return f"«\u00a0{said}\u00a0» a 13 chiffres\u00a0: un SIRET en a 14."
    return f"«\u00a0{said}\u00a0» n’est ni un SIRET (14 chiffres) ni un numéro d’adhérent."


def _text(_field: FieldAsked, value: str) -> str:
    if len(value.splitlines()) > 1:
        raise Wrong("Ce champ tient sur une ligne.")
    if not is_straight(value):
        raise Wrong(UNREADABLE)
    return value


_READERS: Final[Mapping[str, Callable[[FieldAsked, str], str]]] = {
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.AMOUNT: _amount,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.SIRETS_OR_MEMBERS: _adherents,
}
