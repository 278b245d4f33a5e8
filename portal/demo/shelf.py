"""Puts the files of the seeded world where the portal keeps attachments."""

from typing import Final

import msgspec

from contract.contact import AttachmentRecord
from contract.files import media_type
from portal.demo.conversations import Conversation
from portal.demo.papers import drawer
from portal.files import Folder

_OWN: Final = 300
"""So many requests of each origin have files drawn for them; the others share a few: a big world is not all files."""

_SHARED: Final = 4


class Shelf:
    """The folder of attachments, filled as it is asked."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._shared: dict[tuple[str, int], AttachmentRecord] = {}

    def kept(self, attachment_id: str, code: str, told: Conversation, position: int) -> AttachmentRecord:
        """The file of that kind for a message of this conversation, kept, under its own name and identifier."""
        name = drawer.file_name(code, told.case, position)
        rank = told.plan.slot.rank
        if rank < _OWN:
            file = self._folder.keep(name, drawer.draw(code, told.case))
        else:
            key = code, rank % _SHARED
            if key not in self._shared:
                self._shared[key] = self._folder.keep(name, drawer.draw(code, told.case))
            file = self._shared[key]
        return msgspec.structs.replace(
            file, attachment_id=attachment_id, name=name, media_type=media_type(name) or file.media_type
        )
