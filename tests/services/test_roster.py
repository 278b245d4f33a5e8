"""The feed of users, against answers written by hand, and such as no good portal gives."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.portfolio import Right
from desktop.services.portfolio import Portfolio
from desktop.services.sync import LinkState, Sync
from desktop.services.users import Users
from tests.services.answers import PERSON, json, no, tokens
from tests.services.people import a_me, a_user
from tests.services.scripted import A, Client, catalogue, pages, pulse
from tests.weather import Say, Weather


class Governing(Client):
    """The machinery with users beside the notes."""

    def new_sync(self) -> Sync:
        self.portfolio, self.users = Portfolio(self.store, self.outbox), Users(self.store, self.outbox)
        return Sync(
            self.store,
            self.outbox,
            self.portal,
            self.session,
            [self.notes, self.portfolio, self.users],
            self.files.get,
            jitter=self._jitter,
            users=self.users,
        )

    def begin(self, *more: Say, right: Right = Right.USERS) -> None:
        """Signed in, over one space with this right, then these answers."""
        pull = pages({"space_id": A, "cursor": "A-0"})
        self.turn(tokens(), pulse(A, me=True, tag='"1"'), me(right), catalogue(), pull, *more)

    @property
    def people(self) -> int:
        return int(self.store.query("SELECT count(*) FROM users")[0][0])


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Governing]:
    with Weather("127.0.0.1", 9) as weather:
        client = Governing(tmp_path, weather)
        yield client
        client.close()


def me(right: Right = Right.USERS) -> Say:
    """With this right in one space."""
    mine = a_me(1, [right], PERSON)
    space = msgspec.structs.replace(mine.spaces[0], space_id=A)
    return json(msgspec.to_builtins(msgspec.structs.replace(mine, spaces=(space,))))


def users(cursor: str, *names: str, more: bool = False) -> Say:
    records = [msgspec.to_builtins(a_user(name)) for name in names]
    return json({"cursor": cursor, "more": more, "users": records})


def test_users_come_page_by_page_and_only_when_there_is_something_new(client: Governing) -> None:
    client.begin(users("c 1", "Zola", more=True), users("c2", "Éluard"))
    assert (client.people, client.users.cursor(), client.sync.link.state) == (2, "c2", LinkState.ONLINE)
    assert "/v1/users?cursor=c+1" in [seen.path for seen in client.weather.seen]
    client.turn(pulse(tag='"2"'))
    client.turn(json({"me": False, "spaces": [], "users": True}, 200, ("ETag", '"3"')), users("c3", "Sand"))
    assert (client.people, client.users.cursor()) == (3, "c3")


def test_who_administers_nothing_asks_for_nobody(client: Governing) -> None:
    client.begin(right=Right.CONTACT)
    assert (client.people, client.sync.link.state) == (0, LinkState.ONLINE)


@pytest.mark.parametrize("answer", [no("unknown", 404), no("rights", 403), Say(404)])
def test_a_portal_older_than_users_and_a_right_just_withdrawn_are_no_fault(client: Governing, answer: Say) -> None:
    client.begin(answer)
    assert client.sync.link.state is LinkState.ONLINE


def test_a_cursor_that_leads_nowhere_ends_the_reading(client: Governing) -> None:
    client.begin(users("c1", "Zola", more=True), users("c1", "Zola", more=True))
    assert (client.people, client.sync.link.state) == (1, LinkState.FAULTY)


def test_what_was_cut_is_gone_on_with(client: Governing) -> None:
    """The pulse is not taken as known before all that it told of is read."""
    client.begin(users("c1", "Zola", more=True), Say(503))
    assert client.people == 1
    client.sync._not_before = 0.0
    again = json({"me": False, "spaces": [A]}, 200, ("ETag", '"1"'))
    client.turn(again, me(), pages({"space_id": A, "cursor": "A-0"}), users("c2", "Sand"))
    assert client.users.cursor() == "c2"
