"""« Ajouter un espace »: what is typed there is the draft of the request that it becomes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.services.contact import NEW, Draft
from desktop.views.contact.desk import Desk
from desktop.views.portfolio import AddSpaceDialog

TOPIC: Final = "espace.ajouter-un-espace"
KEY: Final = f"{NEW}:{TOPIC}"
_CONTACT: Final = "contact"
_SIRETS: Final = "sirets_or_members"

Write = Callable[[str, dict[str, str], str | None], None]
"""Opens the form of a topic with its fields filled in, for a space."""


class Adding:
    """For the space chosen in the window; None for all."""

    def __init__(self, desk: Desk, space_id: str | None, write: Write) -> None:
        self._desk, self._write = desk, write
        self._space_id = space_id or self._any_space()
        topic = desk.contact.topic_form(TOPIC, self._space_id)
        self._codes = [field.code for field in topic.fields if field.kind == _SIRETS][:1] if topic else []

    def open(self, parent: QWidget) -> None:
        """The dialog, with what was typed in it before."""
        desk = self._desk
        AddSpaceDialog(
            parent,
            desk.icons,
            desk.later,
            desk.portfolio,
            self._ask,
            kept=self._kept(),
            keep=self._keep,
            pick=desk.picks.files,
        ).open()

    def _any_space(self) -> str | None:
        """Whichever she may write from: what is asked for concerns none of them."""
        able = (space.space_id for space in self._desk.portfolio.spaces() if _CONTACT in space.rights)
        return next(able, None)

    def _draft(self) -> Draft:
        return self._desk.contact.draft(KEY) or Draft(key=KEY, space_id=self._space_id, topic=TOPIC)

    def _kept(self) -> str:
        fields = self._draft().fields
        return "".join(fields.get(code, "") for code in self._codes)

    def _keep(self, lines: str) -> None:
        draft = self._draft()
        draft = replace(draft, fields=draft.fields | dict.fromkeys(self._codes, lines))
        typed = [draft.text, draft.subject, *draft.fields.values()]
        if draft.files or any(text.strip() for text in typed):
            self._desk.contact.keep_draft(draft)
        else:
            self._desk.contact.drop_draft(KEY)

    def _ask(self, lines: tuple[str, ...]) -> None:
        self._write(TOPIC, dict.fromkeys(self._codes, "\n".join(lines)), self._space_id)
