"""The tab of users on a real store and a real outbox; only the portal is far away."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from contract.portfolio import Right
from contract.users import AuditPage, RightUse, UserRecord, UserState
from desktop.services.users import Journal, Users
from desktop.views.table import rest
from desktop.views.users.desk import Desk
from desktop.views.users.page import UsersPage
from tests.services.people import TODAY, a_me, a_user, grant, myself, put, tell
from tests.views.contact.conftest import Office, office

__all__ = ["office"]
USED = tuple(RightUse(right, TODAY - timedelta(5)) for right in (Right.CONTACT, Right.LEAVE, Right.USERS))


@dataclass
class Crew:
    """All that a test may look at. `log` is what the portal answers about rights, `became` how often the way to become
    administrator was asked for."""

    office: Office
    users: Users
    desk: Desk
    log: list[AuditPage | Exception] = field(default_factory=list)
    became: list[bool] = field(default_factory=list)

    def put(self, *records: UserRecord) -> None:
        put(self.office.store, self.users, *records)


def colleagues() -> tuple[UserRecord, ...]:
    """In several states; Zola is to be looked at again."""
    long_ago, lately = datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    delegated = (grant([Right.CONTACT], [2], TODAY + timedelta(20)),)
    return (
        myself(),
        a_user("Zola", grants=(grant([Right.CONTACT, Right.LEAVE], [0, 1, 3]),), uses=USED, signed_in_at=long_ago),
        a_user("Éluard", "Paul", civility="M.", uses=USED, grants=delegated),
        a_user("Bérard", "Inès", state=UserState.INVITED, signed_in_at=None, invited_at=lately),
        a_user("Petit", "Loïc", civility="M.", state=UserState.SUSPENDED, whole=False),
    )


@pytest.fixture
def crew(office: Office) -> Crew:
    users = Users(office.store, office.outbox)
    log: list[AuditPage | Exception] = []
    became: list[bool] = []

    def ask(_before: str | None) -> AuditPage:
        answer = log.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def become() -> None:
        became.append(True)

    desk = Desk(users, Journal(office.store, ask), office.desk, become)
    tell(office.store, office.portfolio, users, a_me())
    return Crew(office, users, desk, log, became)


@pytest.fixture
def page(crew: Crew, qtbot: QtBot) -> Iterator[UsersPage]:
    """In a window of 1072 × 740, with colleagues in several states."""
    crew.put(*colleagues())
    made = UsersPage(crew.desk)
    qtbot.addWidget(made)
    made.resize(1072, 740)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    rest(made)


Settle = Callable[[], None]


@pytest.fixture
def settled(crew: Crew, qtbot: QtBot) -> Settle:
    """Waits until the reader and the errands have nothing left to say."""

    def wait() -> None:
        qtbot.waitUntil(lambda: crew.office.desk.later.idle and crew.office.desk.errands.idle)

    return wait
