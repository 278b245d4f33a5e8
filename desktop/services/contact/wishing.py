"""What the person writes: drafts kept as they are typed, and wishes made of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import apsw

from contract.contact import MarkRead, NewAttachment, OpenRequest, SendMessage
from contract.identity import new_id
from contract.wishes import Wish
from desktop.services.contact import forms
from desktop.services.contact.reading import Reading
from desktop.services.contact.rows import NEW, Draft, RequestSheet
from desktop.services.drafting import Complaint, Drafting, Invalid, drop, keep, staged
from desktop.services.files import Shelf
from desktop.services.outbox import Outbox
from desktop.services.store import Store

TOPIC: Final = "contact"


class Wishing(Reading, Drafting[Draft]):
    topic = TOPIC

    def __init__(self, store: Store, outbox: Outbox, shelf: Shelf | None = None) -> None:
        Reading.__init__(self, store, outbox, shelf)
        Drafting.__init__(self, store, outbox, Draft)

    def drafts(self) -> frozenset[str]:
        """Keys of all drafts kept."""
        return frozenset(key for (key,) in self._store.query("SELECT key FROM drafts"))

    # Writing

    def complaints(self, draft: Draft) -> tuple[Complaint, ...]:
        """All that is wrong with the form of a new request, in the order of the form."""
        return tuple(self._forms.complaints(draft))

    def open_request(self, draft: Draft) -> str:
        """Sends the form of a new request and drops its draft in the same transaction; answers the request's
        identifier. Raises `Invalid`."""
        if complaints := self._forms.complaints(draft):
            raise Invalid(complaints)
        topic = self._forms.topic_form(draft.topic, draft.space_id)
        if topic is None or draft.space_id is None:
            raise Invalid([Complaint("topic", forms.NO_TOPIC)])
        request_id = new_id()
        wish = OpenRequest(
            request_id=request_id,
            message_id=new_id(),
            space_id=draft.space_id,
            topic=draft.topic,
            subject=forms.subject_of(topic.subject, draft),
            fields={code: value.strip() for code, value in draft.fields.items() if value.strip()},
            text=draft.text.strip(),
            attachments=_attachments(draft),
        )
        with self._writing() as db:
            self._outbox.add(
                wish,
                lane=_lane(request_id),
                topics=[TOPIC],
                title=f"Nouvelle demande\u00a0: {topic.label}",
                about=self._company(draft.space_id),
                hold=True,
                db=db,
            )
            drop(db, draft.key)
        return request_id

    def reply(self, draft: Draft, base_version: int) -> str:
        """Writes in the conversation `draft.key`, drops its draft, answers the wish's identifier. Raises `Invalid`."""
        sheet = self.sheet(draft.key)
        if complaints := _reply_complaints(draft, sheet):
            raise Invalid(complaints)
        with self._writing() as db:
            wish = SendMessage(
                request_id=draft.key,
                message_id=new_id(),
                text=draft.text.strip(),
                attachments=_attachments(draft),
                answers=draft.answers,
                base_version=None if _follows_another(db, draft.key) else base_version,
            )
            wish_id = self._outbox.add(
                wish,
                lane=_lane(draft.key),
                topics=[TOPIC],
                title=_reply_title(sheet),
                about=sheet.row.company if sheet else "",
                hold=True,
                db=db,
            )
            drop(db, draft.key)
        return wish_id

    # Taking back

    def take_back(self, wish_id: str) -> Draft | None:
        """« Annuler l’envoi »: the wish is out of the outbox and its latest text is the draft again, before anything
        the clerk has typed since; None when it has left already. Replies behind a request come back with it."""
        with self._writing() as db:
            wish = self._outbox.take_back(wish_id, db)
            if wish is None:
                return None
            behind: tuple[Wish, ...] = ()
            if isinstance(wish, OpenRequest):
                behind = self._outbox.take_lane(db, _lane(wish.request_id))
            return self._redraft(db, [wish, *behind])

    def edit_refused(self, wish_id: str) -> Draft:
        """« Modifier et renvoyer »: as `take_back`, for a wish refused, in conflict or parked."""
        with self._writing() as db:
            wishes = self._outbox.remove(db, wish_id)
            return self._redraft(db, wishes) if wishes else Draft(NEW)

    def _redraft(self, db: apsw.Connection, wishes: Sequence[Wish]) -> Draft:
        """What was to be sent is a draft again, in the order it was written, before what has been typed since."""
        taken = [draft for wish in wishes if (draft := _draft_of(wish)) is not None]
        if not taken:
            return Draft(NEW)
        draft = taken[0]
        for later in taken[1:]:
            draft = self._joined(draft, later)
        rows = db.execute("SELECT body FROM drafts WHERE key = ?", (draft.key,)).fetchall()
        if rows:
            draft = self._joined(draft, self._drafts.decode(str(rows[0][0])))
        keep(db, draft)
        return draft

    def _joined(self, first: Draft, then: Draft) -> Draft:
        """Both drafts in one, nothing lost: the form of the first, with what it leaves open filled in from the second
        as far as both are of one topic; what the second says otherwise goes into the text, under its labels."""
        same = then.topic in ("", first.topic) or not first.topic
        fields = {code: value for code, value in first.fields.items() if value.strip()}
        if same:
            fields = then.fields | fields
        sums = {file.sha256 for file in first.files}
        draft = replace(
            first,
            space_id=first.space_id or then.space_id,
            topic=first.topic or then.topic,
            subject=first.subject if first.subject.strip() else then.subject,
            fields=fields,
            files=first.files + tuple(file for file in then.files if file.sha256 not in sums),
            answers=tuple(dict.fromkeys(first.answers + then.answers)),
        )
        texts = [first.text, then.text, self._told_otherwise(draft, then, same=same)]
        return replace(draft, text="\n\n".join(text.strip() for text in texts if text.strip()))

    def _told_otherwise(self, draft: Draft, then: Draft, *, same: bool) -> str:
        """What the form of `then` says and that of `draft` does not, a line each, with its label."""
        lines: list[tuple[str, str]] = []
        if then.space_id not in (None, draft.space_id):
            lines.append(("Entreprise", self._company(str(then.space_id))))
        if not same:
            topic = self._forms.topic_form(then.topic, None)
            lines.append(("Sujet", topic.label if topic is not None else ""))
        if then.subject.strip() != draft.subject.strip():
            lines.append(("Objet", then.subject.strip()))
        held = draft.fields if same else {}
        other = {code: value for code, value in then.fields.items() if value.strip() != held.get(code, "").strip()}
        lines += self._forms.labelled(then.topic or draft.topic, other)
        return "\n".join(f"{label}\u00a0: {value}" for label, value in lines if value)

    # Reading marks

    def mark_read(self, request_id: str) -> None:
        """Wishes it read up to its last message; nothing when it is already."""
        rows = self._store.query(
            "SELECT r.last_position, s.unread FROM requests AS r JOIN shown_requests AS s ON s.key = r.key"
            " WHERE r.request_id = ?",
            (request_id,),
        )
        if rows and rows[0][1]:
            self._mark(request_id, rows[0][0], "Marquer comme lue")

    def mark_unread(self, request_id: str) -> None:
        """Wishes its last answer unread again; nothing when one is, or when the insurer has written nothing."""
        rows = self._store.query(
            "SELECT r.adviser_position, s.unread FROM requests AS r JOIN shown_requests AS s ON s.key = r.key"
            " WHERE r.request_id = ?",
            (request_id,),
        )
        if rows and rows[0][0] and not rows[0][1]:
            self._mark(request_id, rows[0][0] - 1, "Marquer comme non lue")

    def _mark(self, request_id: str, through: int, title: str) -> None:
        """An earlier mark of the same request that has not been confirmed is superseded by this one."""
        sheet = self.sheet(request_id)
        lane = f"read:{request_id}"
        with self._store.write(TOPIC, *self._outbox.topics) as db:
            self._outbox.take_lane(db, lane, refused_too=True)
            self._outbox.add(
                MarkRead(request_id=request_id, through=through),
                lane=lane,
                topics=[TOPIC],
                title=title,
                about=_named(sheet),
                db=db,
            )

    # Files

    def wanted_files(self) -> frozenset[str]:
        """Sums of all files that a request, a draft or a wish names: what the shelf must keep."""
        rows = self._store.query(
            "SELECT a.value ->> '$.sha256' FROM messages, json_each(attachments) AS a"
            " UNION SELECT a.value ->> '$.sha256' FROM outbox, json_each(body, '$.attachments') AS a"
            " UNION SELECT f.value ->> '$.sha256' FROM drafts, json_each(body, '$.files') AS f"
        )
        return frozenset(value for (value,) in rows)


def _lane(request_id: str) -> str:
    return f"conversation:{request_id}"


def _named(sheet: RequestSheet | None) -> str:
    number = sheet.row.file_number if sheet is not None else None
    return f"Dossier n°\u00a0{number}" if number else ""


def _reply_title(sheet: RequestSheet | None) -> str:
    number = sheet.row.file_number if sheet is not None else None
    return f"Réponse au dossier n°\u00a0{number}" if number else "Réponse à une demande qui attend"


def _reply_complaints(draft: Draft, sheet: RequestSheet | None) -> list[Complaint]:
    if sheet is None:
        return [Complaint("text", "Cette demande n’est plus visible\u00a0: vos droits ont peut-être changé.")]
    if not sheet.can_reply:
        return [Complaint("text", sheet.why_not)]
    found = forms.reply_complaints(draft)
    if draft.answers and not draft.files:
        found.append(Complaint("files", "Joignez le document attendu."))
    return found


def _follows_another(db: apsw.Connection, request_id: str) -> bool:
    """Whether an earlier message waits in this conversation: it changes the ground itself, and it is the one that is
    held to what the writer saw. One that was refused, or met other ground than its writer saw, changes nothing."""
    found = db.execute(
        "SELECT 1 FROM pending WHERE request_id = ? AND (kind = 'open_request' OR kind = 'send_message'"
        " AND state NOT IN ('refused', 'conflict')) LIMIT 1",
        (request_id,),
    ).fetchone()
    return found is not None


# Drafts


def _draft_of(wish: Wish) -> Draft | None:
    match wish:
        case OpenRequest():
            return Draft(
                NEW, wish.text, wish.space_id, wish.topic, wish.subject, dict(wish.fields), staged(wish.attachments)
            )
        case SendMessage():
            return Draft(wish.request_id, wish.text, files=staged(wish.attachments), answers=wish.answers)
        case _:
            return None


def _attachments(draft: Draft) -> tuple[NewAttachment, ...]:
    return tuple(NewAttachment(new_id(), file.name, file.size, file.sha256) for file in draft.files)
