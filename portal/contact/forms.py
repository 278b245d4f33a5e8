"""The form of a topic: what was answered, checked against what the catalogue asks. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from contract.catalogue import FieldAsked, FieldKind, TopicRecord
from contract.identity import is_siret, only_digits
from contract.wire import FieldError

_AMOUNT: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_MEMBER: Final = re.compile(r"[0-9]{4,12}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_YES_NO: Final = {"yes": "Oui", "no": "Non"}

UNREADABLE: Final = "Ce texte contient des caractères qui ne se lisent pas."


class Wrong(Exception):
    """The value is not one; the message is the French sentence."""


def is_plain(text: str) -> bool:
    """No control character but the line's end and the tab: no other is text, PostgreSQL refuses NUL, and some of them
    (U+009B) give orders to a terminal."""
    return _CONTROL.search(text) is None


def is_straight(name: str) -> bool:
    """Plain, and without the marks that turn the direction of writing, by which a name can show another ending."""
    return is_plain(name) and _TURNING.search(name) is None


def read_form(topic: TopicRecord, answered: Mapping[str, str]) -> tuple[tuple[tuple[str, str], ...], list[FieldError]]:
    """The (label, value) pairs as they are to be read, and what is wrong. A field left empty is not answered."""
    asked = {field.code: field for field in topic.fields}
    errors = [FieldError(f"fields.{code}", "Ce champ n’est pas demandé ici.") for code in answered if code not in asked]
    pairs: list[tuple[str, str]] = []
    for field in topic.fields:
        value = answered.get(field.code, "").strip()
        try:
            shown = _read(field, value, answered)
        except Wrong as wrong:
            errors.append(FieldError(f"fields.{field.code}", str(wrong)))
        else:
            if shown:
                pairs.append((field.label, shown))
    return tuple(pairs), errors


def _read(field: FieldAsked, value: str, answered: Mapping[str, str]) -> str:
    if not value:
        if field.required:
            raise Wrong("Ce champ est obligatoire.")
        return ""
    if not is_plain(value):
        raise Wrong(UNREADABLE)
    reader = _READERS.get(field.kind)
    shown = reader(field, value) if reader else value
    if field.kind == FieldKind.DATE and field.not_before:
        _check_order(field.not_before, value, answered)
    return shown


def _check_order(earlier: str, value: str, answered: Mapping[str, str]) -> None:
    before = answered.get(earlier, "").strip()
    if _DATE.fullmatch(before) and value < before:
        year, month, day = before.split("-")
        raise Wrong(f"Cette date ne peut pas précéder le {day}/{month}/{year}.")


def _date(_field: FieldAsked, value: str) -> str:
    try:
        moment = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None or not 1900 <= moment.year <= 2199:
        raise Wrong("Cette date n’existe pas.")
    return f"{moment:%d/%m/%Y}"


def _amount(_field: FieldAsked, value: str) -> str:
    if not _AMOUNT.fullmatch(value):
        raise Wrong("Ce montant ne se lit pas\u00a0: il faut des euros et deux décimales.")
    whole, cents = value.split(".")
    return f"{int(whole):,}".replace(",", "\u202f") + f",{cents}\u00a0€"


def _choice(field: FieldAsked, value: str) -> str:
    for choice in field.choices:
        if choice.code == value:
            return choice.label
    raise Wrong("Ce choix n’est pas proposé.")


def _yes_no(_field: FieldAsked, value: str) -> str:
    if value not in _YES_NO:
        raise Wrong("Répondez par oui ou par non.")
    return _YES_NO[value]


def _sirets_or_members(_field: FieldAsked, value: str) -> str:
    lines = [only_digits(line) for line in value.splitlines() if line.strip()]
    for line in lines:
        if not is_siret(line) and not _MEMBER.fullmatch(line):
            raise Wrong(f"«\u00a0{line[:40]}\u00a0» n’est ni un SIRET ni un numéro d’adhérent.")
    return "\n".join(dict.fromkeys(lines))


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
    FieldKind.SIRETS_OR_MEMBERS: _sirets_or_members,
}
