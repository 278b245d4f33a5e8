"""A letter of the review becomes the draft of a request: space, topic, words, file; the person sends it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject

from desktop.services.contact import NEW, Draft, Topic
from desktop.services.files import NotAttachable, Staged
from desktop.services.folding import fold
from desktop.services.portfolio import Space
from desktop.views.allowances.desk import Letter
from desktop.views.contact.desk import Desk
from desktop.views.contact.page import ContactPage

TOPIC: Final = "prevoyance.indemnites"
OTHER: Final = "autre.autre-question"
"""Codes of the catalogue: the topic of allowances (else whichever speaks of them), and the one for all the rest."""
_WORD: Final = "indemnites journalieres"
_CONTACT, _ALLOWANCES = "contact", "allowances"
_SIREN: Final = 9

Open = Callable[[str, str | None], None]
"""Opens the form of a topic ("" for none) for a space: its draft is there."""


class Disputing(QObject):
    """What is being typed in `contact` is written down first, so that nothing of it is lost to the letter."""

    def __init__(self, desk: Desk, contact: ContactPage, open_form: Open, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._page, self._open = desk, contact, open_form

    def write(self, letter: Letter) -> None:
        """The file first, which is the errands' to read; then the draft, and the form."""
        if letter.content:
            work = partial(self._desk.shelf.stage_bytes, letter.file_name, letter.content)
            self._desk.errands.ask(self, work, partial(self._begin, letter), partial(self._bare, letter), what="letter")
        else:
            self._begin(letter, None)

    def _bare(self, letter: Letter, error: Exception) -> None:
        """A file too big to be sent is told of in the message."""
        if not isinstance(error, NotAttachable):
            raise error
        self._begin(replace(letter, text=f"{letter.text}\n({error.sentence})\n"), None)

    def _begin(self, letter: Letter, file: Staged | None) -> None:
        self._page.keep_drafts()
        contact = self._desk.contact
        space = _space(self._desk.portfolio.spaces(), letter)
        space_id = space.space_id if space is not None else None
        topics = [topic for theme in contact.themes(space_id) for topic in theme.topics]
        topic = _topic(topics)
        key = f"{NEW}:{topic.code}" if topic is not None else NEW
        kept = contact.draft(key)
        contact.keep_draft(_filled(kept or Draft(key=key), letter, topic, space_id, file))
        self._open(topic.code if topic is not None else "", space_id)
        if kept is None:
            self._page.form.tell_made()


def _topic(topics: Sequence[Topic]) -> Topic | None:
    """The one of allowances, of those that may be used."""
    able = [topic for topic in topics if topic.allowed]
    meant = [topic for topic in able if topic.code == TOPIC]
    spoken = [topic for topic in able if _WORD in fold(topic.label)]
    return next(iter((*meant, *spoken, *(topic for topic in able if topic.code == OTHER))), None)


def _space(spaces: Sequence[Space], letter: Letter) -> Space | None:
    """That of the lines: by member number, else by SIRET, else by SIREN; of several the one in which she may see
    allowances; the only one there is, where none fits. Which of two is not guessed."""
    able = [space for space in spaces if _CONTACT in space.rights]
    company = letter.company
    marks: tuple[Callable[[Space], bool], ...] = (
        lambda space: bool(letter.member) and space.member_number == letter.member,
        lambda space: bool(company) and space.siret == company,
        lambda space: bool(company) and space.siren == company[:_SIREN],
    )
    for fits in marks:
        found = [space for space in able if fits(space)]
        if found:
            found = [space for space in found if _ALLOWANCES in space.rights] or found
            return found[0] if len(found) == 1 else None
    return able[0] if len(able) == 1 else None


def _filled(kept: Draft, letter: Letter, topic: Topic | None, space_id: str | None, file: Staged | None) -> Draft:
    """What is written already stays, the letter comes behind it."""
    text = letter.text if not kept.text.strip() else f"{kept.text.rstrip()}\n\n{letter.text}"
    codes = {field.code for field in topic.fields} if topic is not None else set()
    known = {code: value for code, value in letter.fields.items() if code in codes}
    files = kept.files
    if file is not None and (file.sha256, file.name) not in {(each.sha256, each.name) for each in files}:
        files = (*files, file)
    return replace(
        kept,
        text=kept.text if _plain(letter.text) in _plain(kept.text) else text,
        space_id=kept.space_id or space_id,
        topic=topic.code if topic is not None else kept.topic,
        subject=kept.subject or letter.subject,
        fields={**known, **kept.fields},
        files=files,
    )


def _plain(text: str) -> str:
    """A field gives its fixed spaces back as ordinary ones."""
    return text.replace("\u00a0", " ").strip()
