"""What is seeded in bulk is what the portal's own rules would have written, one transaction at a time."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from contract.contact import Author, MarkRead, NewAttachment, OpenRequest, SendMessage
from contract.identity import new_id
from portal import catalogue
from portal.contact import rules
from portal.contact.conversations import Writer
from portal.database import Database, Transaction
from portal.demo.conversations import Conversation, Turn
from portal.demo.papers import drawer
from portal.demo.schedule import DONE
from portal.demo.world import tell
from portal.files import Folder
from portal.people import Adviser
from portal.tables import changes, facts, messages, requests, spaces, uploads
from tests.portal.seeded import NOW, Seeded, seeded

IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


OF_LEAVES = ("leave", "payments")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    one = seeded(tmp_path_factory.mktemp("made"))
    yield one
    one.database.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Seeded]:
    """The same people, without a request and as if nobody had been on leave."""
    one = seeded(tmp_path, requests=0)
    with one.database.write() as tx:
        tx.db.execute(delete(changes).where(changes.c.kind.in_(OF_LEAVES)))
        tx.db.execute(update(spaces).values(head=0))
    yield one
    one.database.close()


class Replay:
    """Lets the rules do what the conversations of one space tell."""

    def __init__(self, place: Seeded, conversations: list[Conversation]) -> None:
        self.database: Database = place.database
        self.folder = Folder(place.settings.files)
        self.themes = catalogue.themes()
        self.keys = {id(told): new_id() for told in conversations}
        moves = [(turn.at, rank, turn) for rank, told in enumerate(conversations) for turn in told.turns]
        for at, rank, turn in sorted(moves, key=lambda move: move[:2]):
            with self.database.write(at) as tx:
                self.play(tx, conversations[rank], turn)
        clerk = place.world.group.clerk.person_id
        for told in conversations:
            through = len(told.turns) - (1 if told.plan.slot.unread else 0)
            with self.database.write(told.turns[-1].at) as tx:
                rules.mark_read(tx, clerk, MarkRead(self.keys[id(told)], through))

    def play(self, tx: Transaction, told: Conversation, turn: Turn) -> None:
        key, plan = self.keys[id(told)], told.plan
        position = told.turns.index(turn) + 1
        if turn.by_adviser:
            self.advise(tx, told, turn, position)
        elif plan.slot.former:
            files = self.kept(told, turn, position)
            if position == 1:
                former = rules.FormerRequest(
                    file_number=told.case.file_number,
                    topic=told.topic.code,
                    subject=told.subject,
                    author_name=plan.author_name,
                    author_id=plan.author and plan.author.person_id,
                )
                rules.move_former_request(tx, self.themes, plan.space.company.company_id, former, key)
            writer = Writer(Author.CLERK, plan.author and plan.author.person_id, plan.author_name)
            rules.write_former_message(tx, key, writer, turn.text, files)
        else:
            self.ask(tx, told, turn, position)

    def advise(self, tx: Transaction, told: Conversation, turn: Turn, position: int) -> None:
        key, who = self.keys[id(told)], Adviser(told.plan.adviser.adviser_id, told.plan.adviser.name)
        files = self.kept(told, turn, position)
        if turn.part == "ask":
            assert told.awaited is not None
            rules.ask_document(tx, who, key, turn.text, [told.awaited], files)
        elif position == len(told.turns) and told.plan.slot.plot in DONE:
            rules.close(tx, who, key, turn.text, files)
        else:
            rules.reply(tx, who, key, turn.text, files)

    def ask(self, tx: Transaction, told: Conversation, turn: Turn, position: int) -> None:
        key, author = self.keys[id(told)], told.plan.author
        assert author is not None
        sent = tuple(NewAttachment(f.attachment_id, f.name, f.size, f.sha256) for f in self.kept(told, turn, position))
        for file in {each.sha256: each for each in sent}.values():
            self.was_sent(tx, author.person_id, file)
        if position == 1:
            tx.db.execute(
                update(facts).where(facts.c.name == "next_file_number").values(value=str(int(told.case.file_number)))
            )
            wish = OpenRequest(
                key,
                new_id(),
                told.plan.space.space_id,
                told.topic.code,
                told.subject,
                dict(told.answers),
                turn.text,
                sent,
            )
            rules.open_request(tx, self.themes, author.person_id, wish)
            return
        answers = ()
        if turn.part == "sent":
            answers = tuple(awaited_ids(tx, key))
        rules.send_message(tx, author.person_id, SendMessage(key, new_id(), turn.text, sent, answers))

    def kept(self, told: Conversation, turn: Turn, position: int) -> list[Any]:
        return [
            self.folder.keep(drawer.file_name(code, told.case, position), drawer.draw(code, told.case))
            for code in turn.papers
        ]

    def was_sent(self, tx: Transaction, person_id: str, file: NewAttachment) -> None:
        mine = (uploads.c.person_id == person_id, uploads.c.sha256 == file.sha256)
        if tx.db.execute(select(uploads.c.size).where(*mine)).first() is None:
            kind = drawer_kind(file.name)
            row = {"person_id": person_id, "sha256": file.sha256, "size": file.size, "received": file.size}
            tx.db.execute(insert(uploads).values(**row, complete=True, media_type=kind, created_at=tx.now))


def drawer_kind(name: str) -> str:
    from contract.files import TEXT, media_type

    kind = media_type(name) or ""
    return TEXT if kind == "text/csv" else kind


def awaited_ids(tx: Transaction, request_id: str) -> list[str]:
    from portal.contact.records import awaited

    return [document.awaited_id for document in awaited.still(tx.db, request_id)]


def feed(place: Seeded, space_id: str, people: set[str]) -> list[tuple[str, str, str, datetime]]:
    """The space's feed with its identifiers told apart only by where they first occur."""
    known: dict[str, str] = {}
    with place.database.read() as db:
        query = select(changes).where(changes.c.space_id == space_id, changes.c.person_id.in_(("", *people)))
        rows = db.execute(query.where(changes.c.kind.not_in(OF_LEAVES)).order_by(changes.c.number)).all()

    def renamed(found: "re.Match[str]") -> str:
        return known.setdefault(found[0], f"id {len(known)}")

    return [(row.kind, row.person_id, IDS.sub(renamed, row.body), row.at) for row in rows]


def table(place: Seeded, space_id: str) -> list[tuple[Any, ...]]:
    kept = [c for c in requests.columns if c.name != "request_id"]
    with place.database.read() as db:
        told = select(*kept, messages.c.text, messages.c.sent_at, messages.c.author_id, messages.c.position)
        query = told.join(messages, messages.c.request_id == requests.c.request_id).where(
            requests.c.space_id == space_id
        )
        return [tuple(row) for row in db.execute(query.order_by(requests.c.file_number, messages.c.position))]


@pytest.mark.parametrize("member_number", ["0415521", "0420316", "0431987"])
def test_rules_write_the_same(made: Seeded, empty: Seeded, member_number: str) -> None:
    world = made.world
    space, told = next(
        (space, told)
        for _, space, told in tell(world, catalogue.themes(), 2026, NOW, 7611111)
        if space.member_number == member_number
    )
    # A former clerk's answer reopens nothing under the rules of the move; the demo tells of it as it was.
    kept = [one for one in told if not (one.plan.slot.former and any(turn.part == "sent" for turn in one.turns))]
    assert len(kept) >= 15
    dropped = {one.case.file_number for one in told} - {one.case.file_number for one in kept}
    Replay(empty, kept)
    ours = [row for row in table(made, space.space_id) if row[1] not in dropped]
    if not dropped:  # else the numbers of the space's counter are others
        assert feed(empty, space.space_id, {world.group.clerk.person_id}) == feed(
            made, space.space_id, {world.group.clerk.person_id}
        )
        assert ours == table(empty, space.space_id)
    else:
        place = [c.name for c in requests.columns if c.name != "request_id"].index("state_version")
        without = [tuple(v for at, v in enumerate(row) if at != place) for row in ours]
        assert without == [tuple(v for at, v in enumerate(row) if at != place) for row in table(empty, space.space_id)]
