"""The catalogue's forms as a person may use them, and what is wrong in one before it is sent.

The rules are those of `contract.forms`, which the portal keeps too; here a slip is told at once, beside the field.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from contract.catalogue import FieldAsked, TopicRecord
from contract.forms import Wrong, check_message, check_request, propose_subject, read_field, read_form
from contract.portfolio import Right
from desktop.services.contact.rows import Choice, Draft, FormField, Theme, Topic
from desktop.services.drafting import Complaint, placed
from desktop.services.store import Store

_WITHIN: Final = "fields."
NO_TOPIC: Final = "Choisissez un thème, puis un sous-thème."

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
        pairs, _ = read_form(_topics.decode(rows[0][0]), fields)
        return pairs

    def labelled(self, code: str, fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """(label, value) of all that was typed, be it right or wrong, known to the topic or not."""
        rows = self._store.query("SELECT body FROM topics WHERE code = ?", (code,))
        asked = {one.code: one for one in _topics.decode(rows[0][0]).fields} if rows else {}
        pairs = []
        for name, value in fields.items():
            if value.strip():
                shown = _shown(asked[name], fields) if name in asked else ""
                pairs.append((asked[name].label if name in asked else name, shown or value.strip()))
        return tuple(pairs)

    def complaints(self, draft: Draft) -> list[Complaint]:
        """What is wrong with the form of a new request, in the order of the form."""
        found: list[Complaint] = []
        rows = self._store.query("SELECT body FROM topics WHERE code = ?", (draft.topic,))
        if draft.space_id is None:
            found.append(Complaint("space", "Choisissez pour quelle entreprise vous écrivez."))
        if not rows:
            found.append(Complaint("topic", NO_TOPIC))
            return found
        topic = _topics.decode(rows[0][0])
        if draft.space_id is not None and (why_not := _Gate(self._store, draft.space_id).why_not(topic)):
            found.append(Complaint("topic", why_not))
        _, errors = check_request(
            topic,
            subject=subject_of(topic.subject, draft),
            fields=draft.fields,
            text=draft.text,
            files=len(draft.files),
        )
        return found + placed(errors, _WITHIN)


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


def subject_of(proposed: str, draft: Draft) -> str:
    """The subject typed, or the one that the topic proposes with what was answered put in."""
    return draft.subject.strip() or propose_subject(proposed, draft.fields)


def reply_complaints(draft: Draft) -> list[Complaint]:
    """What is wrong with the text and the files of a reply."""
    return placed(check_message(draft.text, len(draft.files)), _WITHIN)


def _shown(asked: FieldAsked, answers: Mapping[str, str]) -> str:
    try:
        return read_field(asked, answers)
    except Wrong:
        return ""
