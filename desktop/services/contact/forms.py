"""The catalogue's forms as a person may use them, and what is wrong in one before it is sent.

The portal checks all of it again; here it is told at once, beside the field.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from contract import limits
from contract.catalogue import FieldAsked, FieldKind, TopicRecord
from contract.identity import only_digits
from contract.portfolio import Right
from desktop.services import folding
from desktop.services.contact.rows import Choice, Complaint, Draft, FormField, Theme, Topic
from desktop.services.store import Store

_AMOUNT: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES_NO: Final = {"yes": "Oui", "no": "Non"}
_BLANKS: Final = re.compile("[ \t\r\n]+")
_TURNING: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of writing: a subject with them reads otherwise than it is written."""
_PLACE: Final = re.compile(r"\{(\w+)\}")

_topics = msgspec.json.Decoder(TopicRecord)


class Forms:
    def __init__(self, store: Store) -> None:
        self._store = store

    def themes(self, space_id: str | None) -> tuple[Theme, ...]:
        """The catalogue as the person may use it in this space; empty before the first synchronisation."""
        gate = _Gate(self._store, space_id)
        rows = self._store.query("SELECT theme, theme_label, body FROM topics ORDER BY position")
        found: dict[str, tuple[str, list[Topic]]] = {}
        for theme, label, body in rows:
            found.setdefault(theme, (label, []))[1].append(gate.topic(theme, _topics.decode(body)))
        return tuple(Theme(code, label, tuple(topics)) for code, (label, topics) in found.items())

    def topic_form(self, code: str, space_id: str | None) -> Topic | None:
        rows = self._store.query("SELECT theme, body FROM topics WHERE code = ?", (code,))
        return _Gate(self._store, space_id).topic(rows[0][0], _topics.decode(rows[0][1])) if rows else None

    def answered(self, code: str, fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """(label, value) pairs of a form not yet sent, as the portal will tell them."""
        rows = self._store.query("SELECT body FROM topics WHERE code = ?", (code,))
        if not rows:
            return ()
        pairs = []
        for asked in _topics.decode(rows[0][0]).fields:
            shown, _ = _read(asked, fields)
            if shown:
                pairs.append((asked.label, shown))
        return tuple(pairs)

    def labelled(self, code: str, fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """(label, value) of all that was typed, be it right or wrong, known to the topic or not."""
        rows = self._store.query("SELECT body FROM topics WHERE code = ?", (code,))
        asked = {one.code: one for one in _topics.decode(rows[0][0]).fields} if rows else {}
        pairs = []
        for name, value in fields.items():
            if value.strip():
                shown = _read(asked[name], fields)[0] if name in asked else ""
                pairs.append((asked[name].label if name in asked else name, shown or value.strip()))
        return tuple(pairs)

    def complaints(self, draft: Draft) -> list[Complaint]:
        """What is wrong with the form of a new request, in the order of the form."""
        found: list[Complaint] = []
        rows = self._store.query("SELECT theme, body FROM topics WHERE code = ?", (draft.topic,))
        if draft.space_id is None:
            found.append(Complaint("space", "Choisissez l’espace que la demande concerne."))
        if not rows:
            found.append(Complaint("topic", "Choisissez ce que la demande concerne."))
            return found
        topic = _topics.decode(rows[0][1])
        if draft.space_id is not None and (why_not := _Gate(self._store, draft.space_id).why_not(topic)):
            found.append(Complaint("topic", why_not))
        found += _subject_complaints(subject_of(topic.subject, draft))
        wrong = [(asked.code, _read(asked, draft.fields)[1]) for asked in topic.fields]
        found += [Complaint(code, sentence) for code, sentence in wrong if sentence]
        answered = any(value.strip() for value in draft.fields.values())
        found += text_complaints(draft, needed=not answered)
        required = [_within(document.label) for document in topic.documents if document.required]
        if len(draft.files) < len(required):
            found.append(Complaint("files", f"Joignez\u00a0: {', '.join(required)}."))
        return found


class _Gate:
    """What the person may ask about in a space, or in any of hers (None)."""

    def __init__(self, store: Store, space_id: str | None) -> None:
        everywhere = "SELECT rights, administrator FROM spaces"
        where, bindings = ("", ()) if space_id is None else (" WHERE space_id = ?", (space_id,))
        rows = store.query(everywhere + where, bindings)
        self._rights = [frozenset(msgspec.json.decode(rights)) for rights, _ in rows]
        self._administrator = rows[0][1] if space_id is not None and rows else None
        self._everywhere = space_id is None
        self._labels: dict[str, str] = dict(store.query('SELECT "right", label FROM right_labels'))

    def why_not(self, record: TopicRecord) -> str:
        if any({Right.CONTACT, record.right} <= rights for rights in self._rights):
            return ""
        if not self._rights:
            return "Vous n’avez pas accès à cet espace."
        missing = Right.CONTACT if all(Right.CONTACT not in rights for rights in self._rights) else record.right
        label = self._labels.get(missing, missing)
        if self._everywhere:
            return (
                f"Aucun de vos espaces ne vous donne le droit «\u00a0{label}\u00a0». Demandez-le à leur administrateur "
                "principal."
            )
        return f"Il vous manque le droit «\u00a0{label}\u00a0» dans cet espace. {whom_to_ask(self._administrator)}"

    def topic(self, theme: str, record: TopicRecord) -> Topic:
        why_not = self.why_not(record)
        return Topic(
            code=record.code,
            label=record.label,
            theme=theme,
            intro=record.intro,
            subject=record.subject,
            fields=tuple(_field(asked) for asked in record.fields),
            documents=tuple((document.label, document.required) for document in record.documents),
            allowed=not why_not,
            why_not=why_not,
        )


def whom_to_ask(administrator: str | None) -> str:
    if administrator:
        return f"Demandez-le à {administrator}, qui administre cet espace."
    return "Demandez-le à l’administrateur principal de cet espace."


def _field(asked: FieldAsked) -> FormField:
    return FormField(
        code=asked.code,
        label=asked.label,
        kind=asked.kind,
        required=asked.required,
        help=asked.help,
        choices=tuple(Choice(choice.code, choice.label) for choice in asked.choices),
        not_before=asked.not_before,
    )


# Texts


def _within(label: str) -> str:
    """A label inside a sentence: « avis d’arrêt », but « RIB »."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def subject_of(proposed: str, draft: Draft) -> str:
    """The subject typed, or the one that the topic proposes with what was answered put in."""
    if typed := draft.subject.strip():
        return typed
    filled = _PLACE.sub(lambda place: draft.fields.get(place[1], "").strip(), proposed)
    return _BLANKS.sub(" ", filled).strip().rstrip(":\u00a0 ")[: limits.SUBJECT_CHARACTERS]


def _subject_complaints(subject: str) -> list[Complaint]:
    if not subject:
        return [Complaint("subject", "Écrivez l’objet de la demande.")]
    if len(subject) > limits.SUBJECT_CHARACTERS:
        return [Complaint("subject", f"L’objet est trop long\u00a0: {limits.SUBJECT_CHARACTERS} caractères au plus.")]
    if not is_plain(subject) or _TURNING.search(subject) or len(subject.splitlines()) > 1:
        return [Complaint("subject", "L’objet tient sur une ligne, sans caractère invisible.")]
    return []


def text_complaints(draft: Draft, *, needed: bool) -> list[Complaint]:
    found = []
    if needed and not draft.text.strip() and not draft.files:
        found.append(Complaint("text", "Écrivez un message ou joignez un fichier."))
    if len(draft.text) > limits.TEXT_CHARACTERS:
        most = f"{limits.TEXT_CHARACTERS:,}".replace(",", "\u202f")
        found.append(Complaint("text", f"Ce message est trop long\u00a0: {most} caractères au plus."))
    if not is_plain(draft.text):
        found.append(Complaint("text", "Ce texte contient des caractères qui ne se lisent pas."))
    if len(draft.files) > limits.FILES_PER_MESSAGE:
        found.append(Complaint("files", f"Joignez {limits.FILES_PER_MESSAGE} fichiers au plus par message."))
    return found


def is_plain(text: str) -> bool:
    """No control character but the line's end and the tab."""
    return all((char >= " " and not "\x7f" <= char <= "\x9f") or char in "\n\r\t" for char in text)


# Fields: each reader answers (value as it is shown, what is wrong with it)


def _read(asked: FieldAsked, answers: Mapping[str, str]) -> tuple[str, str]:
    value = answers.get(asked.code, "").strip()
    if not value:
        return "", "Ce champ est obligatoire." if asked.required else ""
    if len(value) > limits.FIELD_CHARACTERS:
        most = f"{limits.FIELD_CHARACTERS:,}".replace(",", "\u202f")
        return "", f"Ce texte est trop long\u00a0: {most} caractères au plus."
    if not is_plain(value):
        return "", "Ce texte contient des caractères qui ne se lisent pas."
    shown, wrong = _READERS.get(asked.kind, _any)(asked, value)
    if not wrong and asked.kind == FieldKind.DATE and asked.not_before:
        before = answers.get(asked.not_before, "").strip()
        if before and not _date(asked, before)[1] and value < before:
            wrong = f"Cette date ne peut pas précéder le {before[8:]}/{before[5:7]}/{before[:4]}."
    return shown, wrong


def _any(_asked: FieldAsked, value: str) -> tuple[str, str]:
    return value, ""


def _text(_asked: FieldAsked, value: str) -> tuple[str, str]:
    return value, "Ce champ tient sur une ligne." if len(value.splitlines()) > 1 else ""


def _date(_asked: FieldAsked, value: str) -> tuple[str, str]:
    try:
        day = date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2199:
        return "", "Cette date n’existe pas."
    return f"{day:%d/%m/%Y}", ""


def _amount(_asked: FieldAsked, value: str) -> tuple[str, str]:
    if re.fullmatch(r"-[0-9.]+", value):
        return "", "Le montant ne peut pas être négatif."
    if not _AMOUNT.fullmatch(value):
        return "", "Ce montant ne se lit pas\u00a0: il faut des euros et deux décimales."
    whole, cents = value.split(".")
    return f"{int(whole):,}".replace(",", "\u202f") + f",{cents}\u00a0€", ""


def _choice(asked: FieldAsked, value: str) -> tuple[str, str]:
    labels = {choice.code: choice.label for choice in asked.choices}
    return (labels[value], "") if value in labels else ("", "Ce choix n’est pas proposé.")


def _yes_no(_asked: FieldAsked, value: str) -> tuple[str, str]:
    return (_YES_NO[value], "") if value in _YES_NO else ("", "Répondez par oui ou par non.")


def _adherents(_asked: FieldAsked, value: str) -> tuple[str, str]:
    lines = [line for line in value.splitlines() if line.strip()]
    wrong: Sequence[str] = [complaint for line in lines if (complaint := folding.adherent_complaint(line))]
    shown = "\n".join(dict.fromkeys(only_digits(line) for line in lines))
    return shown, "\n".join(wrong)


_READERS: Final[Mapping[str, Callable[[FieldAsked, str], tuple[str, str]]]] = {
    FieldKind.TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.AMOUNT: _amount,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.SIRETS_OR_MEMBERS: _adherents,
}
