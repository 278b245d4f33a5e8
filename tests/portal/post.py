"""What the portal wrote by mail, read as a person would."""

import email
import re
import time
from dataclasses import dataclass
from email import policy

from sqlalchemy import func, select

from portal.tables import mails
from tests.portal.world import World


@dataclass(frozen=True)
class Letter:
    to: str
    subject: str
    text: str

    @property
    def secret(self) -> str:
        found = re.search(r"/link#(\S+)", self.text)
        assert found, self.text
        return found[1]

    @property
    def code(self) -> str:
        found = re.search(r"code\u00a0: ([A-Z0-9]{5}-[A-Z0-9]{5})", self.text)
        assert found, self.text
        return found[1]


def unsent(world: World) -> int:
    with world.database.read() as db:
        waiting = select(func.count()).select_from(mails).where(mails.c.next_at.is_not(None))
        return int(db.execute(waiting).scalar_one())


def letters(world: World, to: str | None = None) -> list[Letter]:
    """All that were written into files, to this address or to anybody, the latest last."""
    patience = time.monotonic() + 20
    while unsent(world):
        assert time.monotonic() < patience, "the postman does not come"
    found = []
    for file in sorted(world.settings.mails.glob("*.eml"), key=lambda each: each.name):
        message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        if to is None or message["To"] == to:
            found.append(Letter(str(message["To"]), str(message["Subject"]), message.get_content()))
    return found


def letter(world: World, to: str) -> Letter:
    """The latest one to this address."""
    return letters(world, to)[-1]
